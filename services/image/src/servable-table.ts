import { asProblem } from '@vitrine/platform/problem.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import { LRUCache } from 'lru-cache';
import type { ServableImage, Stores } from './stores.ts';

/** Images whose entry is kept in memory; about a kilobyte each. */
const KNOWN = 50_000;
/** Milliseconds after which an entry is read again before it is believed: what a broadcast failed to say is seen by then. */
const FRESH = 30_000;
/** From this age on an entry in use is read again beside the requests. */
const AGEING = 15_000;
/** How long a request waits for a store that has an older answer for it, and how long the store is then left alone. */
const PATIENCE = 1000;
const LEFT_ALONE = 5000;

type Known = { readonly value: ServableImage; readonly readAt: number };

export type ServableTable = {
  /** What can be served of an image; from memory while the document store does not answer. */
  get(image: string): Promise<ServableImage | undefined>;
  /** What is in memory and believed. */
  known(image: string): ServableImage | undefined;
  /** What an event said; an older revision changes nothing. */
  learn(image: string, value: ServableImage): void;
  /** Reads what there is, so that an outage finds it known. */
  preload(signal: AbortSignal): Promise<void>;
};

/**
 * The servable images in the memory of this process, beside the table that all replicas share.
 *
 * @param unserved told of a derivative that an image no longer has
 */
export function servableTable({ images }: Stores, now: () => number, unserved: (derivative: string) => void): ServableTable {
  const known = new LRUCache<string, Known>({ max: KNOWN });
  const reading = new Map<string, Promise<ServableImage | undefined>>();
  let leftAloneUntil = 0;

  function learn(image: string, value: ServableImage): ServableImage {
    const current = known.get(image)?.value;
    // The same revision is the same: what was made of it stays good.
    const newest = current && current.revision >= value.revision ? current : value;
    known.set(image, { value: newest, readAt: now() });
    const before = current?.derivative?.key;
    if (before !== undefined && before !== newest.derivative?.key) unserved(before);
    return newest;
  }

  /** Reads an entry, once for all who want it meanwhile. */
  function read(image: string): Promise<ServableImage | undefined> {
    const under = reading.get(image);
    if (under) return under;
    const begun = images
      .get(image)
      .then((value) => value && learn(image, value))
      .finally(() => reading.delete(image));
    reading.set(image, begun);
    return begun;
  }

  function believed(image: string): ServableImage | undefined {
    const entry = known.get(image);
    if (!entry) return undefined;
    const age = now() - entry.readAt;
    if (age < AGEING) return entry.value;
    if (age < FRESH) {
      if (now() >= leftAloneUntil) void read(image).catch(() => {});
      return entry.value;
    }
    return now() < leftAloneUntil ? entry.value : undefined;
  }

  return {
    learn,
    known: believed,
    get: async (image) => {
      const found = believed(image);
      if (found) return found;
      const older = known.get(image)?.value;
      if (!older) return read(image);
      try {
        return await withDeadline('documents', PATIENCE, () => read(image));
      } catch (thrown) {
        if (asProblem(thrown).fault !== 'infrastructure') throw thrown;
        leftAloneUntil = now() + LEFT_ALONE;
        return older;
      }
    },
    preload: async (signal) => {
      let count = 0;
      for await (const { id, value } of images.all()) {
        if (signal.aborted || ++count > KNOWN) return;
        learn(id, value);
      }
    },
  };
}
