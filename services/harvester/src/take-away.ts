import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { Attachments } from './attach/attachments.ts';
import type { ObjectWriter } from './object-writer.ts';
import type { RecordDocument, Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';

type Fact = { readonly type: string; readonly time: number | undefined };

/** Takes away what came of a record: its object is withdrawn, its image is its object's no longer. */
export type TakeAway = (key: string, record: RecordDocument, fact: Fact, walk: Walk, cause: Cause, reason: string) => Promise<void>;

type Deps = { stores: Pick<Stores, 'records'>; writer: ObjectWriter; attachments: Attachments };

export function takeAwayOf({ stores, writer, attachments }: Deps): TakeAway {
  return async (key, { object, attached }, fact, walk, cause, reason) => {
    if (object !== undefined) await writer.withdraw(object, fact, walk, cause, reason);
    if (attached === undefined) return;
    demandLease(walk);
    await attachments.detach(attached, walk);
    await stores.records.update(key, (current) => current && (({ attached: _, ...rest }) => rest)(current));
  };
}
