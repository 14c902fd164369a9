import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { DeriveObject } from './derive-object.ts';
import type { Included } from './include-record.ts';
import type { ObjectDocument, RecordDocument } from './stores.ts';
import type { Walk } from './walk.ts';

/** What there is of a record to derive from: the newest raw copy. Undefined where there is none. */
export function rawCopyOf(known: RecordDocument, current: ObjectDocument | undefined) {
  const copy = known.copies?.[0] ?? current?.record;
  return copy && { address: known.record ?? known.address, copy };
}

/** The object of a record from our copies of it and of its texts; nobody is asked. Undefined where there is no copy. */
export async function deriveAgain(
  known: RecordDocument,
  current: ObjectDocument | undefined,
  walk: Walk,
  cause: Cause,
  derive: DeriveObject,
): Promise<Included | undefined> {
  const raw = rawCopyOf(known, current);
  if (!raw) return undefined;
  const texts = async (addresses: readonly string[]) => ({
    copies: (current?.texts ?? []).filter(({ address }) => addresses.includes(address)),
    faults: [],
  });
  return derive({ ...raw, wanted: { type: known.type, time: known.time, object: known.address }, known, walk, cause, texts });
}
