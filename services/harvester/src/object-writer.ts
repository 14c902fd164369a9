import type { Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { AnnounceObject } from './announce-object.ts';
import type { ObjectDocument, Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';

type Change = (current: ObjectDocument | undefined) => ObjectDocument | undefined;

/** Of the activity that leads to a change. */
type Fact = { readonly type: string; readonly time: number | undefined };

export type ObjectWriter = {
  write(object: string, walk: Walk, cause: Cause, change: Change): Promise<void>;
  withdraw(object: string, activity: Fact, walk: Walk, cause: Cause, reason: string): Promise<Outcome>;
};

/** What is still to be published of an object, and by whom. */
export type Owing = { readonly instance: string; readonly now: () => Date };

/** An object that was changed: its publication is owed, in the same document, until it is done. */
export function owing(changed: ObjectDocument, { instance, now }: Owing): ObjectDocument {
  return { ...changed, owedSince: now().getTime(), owedBy: instance };
}

/** Changes objects under a lease, by compare-and-set, and announces what came of it (R3, R8). */
export function objectWriter({ objects }: Pick<Stores, 'objects'>, owed: Owing, announce: AnnounceObject): ObjectWriter {
  async function write(object: string, walk: Walk, cause: Cause, change: Change): Promise<void> {
    demandLease(walk);
    const written = await objects.update(object, (current) => {
      demandLease(walk);
      // What a newer holder of the lease wrote is not ours to change.
      if (current && current.fence > walk.lease.fence)
        throw new Problem('conflict', { detail: 'another instance harvests this source now' });
      const changed = change(current);
      // What the same activity led to before says nothing new; its fence rises all the same, so that who lost the lease does not undo it.
      if (changed && current && isSameFact(changed, current)) return changed;
      return changed && owing(changed, owed);
    });
    if (written?.owedSince !== undefined) await announce(object, cause);
  }

  return {
    write,
    withdraw: async (object, activity, walk, cause, reason) => {
      await write(object, walk, cause, (current) => {
        if (!current || current.state === 'withdrawn') return undefined;
        return {
          ...current,
          state: 'withdrawn',
          reason,
          revision: current.revision + 1,
          fence: walk.lease.fence,
          activity: activityFacts(activity),
        };
      });
      return { code: 'withdrawn' };
    },
  };
}

const isSameFact = (a: ObjectDocument, b: ObjectDocument): boolean =>
  a.revision === b.revision && a.activity.time === b.activity.time && a.activity.type === b.activity.type;

/** An activity as a fact of the object's events. */
export function activityFacts({ type, time }: Fact): ObjectDocument['activity'] {
  return { type, ...(time === undefined ? {} : { time: new Date(time).toISOString() }) };
}
