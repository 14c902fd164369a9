import { asProblem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import type { ServableImage, Stores } from './stores.ts';

/** Images whose entry is kept in memory; about a kilobyte each. */
const KNOWN = 50_000;
/** Milliseconds after which an entry is read again: what a broadcast failed to say is seen by then. */
const FRESH = 60_000;

type Known = { readonly value: ServableImage; readonly readAt: number };

export type ServableTable = {
  /** What can be served of an image; from memory while the document store does not answer. */
  get(image: string): Promise<ServableImage | undefined>;
  /** What an event said; an older revision changes nothing. */
  learn(image: string, value: ServableImage): void;
  /** Reads what there is, so that an outage finds it known. */
  preload(signal: AbortSignal): Promise<void>;
};

/** The servable images in the memory of this process, beside the table that all replicas share. */
export function servableTable({ images }: Stores, now: () => number): ServableTable {
  const known = new LRUCache<string, Known>({ max: KNOWN });

  function learn(image: string, value: ServableImage): ServableImage {
    const current = known.get(image)?.value;
    const newest = current && current.revision > value.revision ? current : value;
    known.set(image, { value: newest, readAt: now() });
    return newest;
  }

  return {
    learn,
    get: async (image) => {
      const entry = known.get(image);
      if (entry && now() - entry.readAt < FRESH) return entry.value;
      try {
        const value = await images.get(image);
        return value && learn(image, value);
      } catch (thrown) {
        if (entry && asProblem(thrown).fault === 'infrastructure') return entry.value;
        throw thrown;
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
