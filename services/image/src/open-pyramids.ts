import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import { LRUCache } from 'lru-cache';
import { type Opened, type OpenPyramid, openPyramid, STORAGE } from './open-pyramid.ts';
import type { Derivative } from './stores.ts';

/** Bytes that the cached tables may take, by estimate; and how many files are open for them, two a derivative. */
const TABLES_SIZE = 64 * 1024 * 1024;
const OPEN_FILES = 1000;

export type OpenPyramids = {
  /** One that is open already. */
  known(key: string): OpenPyramid | undefined;
  /**
   * Opens a derivative for `use`, which has it open until it ends, whatever is forgotten meanwhile.
   *
   * @throws Problem `derivative-damaged`, `blob-missing`, `port-unavailable`
   */
  with<T>(derivative: Derivative, use: (pyramid: OpenPyramid) => Promise<T>): Promise<T>;
  forget(key: string): void;
  close(): void;
};

/** One that is kept, and how many use it beside the list of those that are kept. */
type Kept = Opened & { users: number };

/** Opens derivatives with their tile tables; where each tile lies is read once and kept. A table that is missing is made here. */
export function openPyramids(blobs: Blobs): OpenPyramids {
  const leave = (kept: Kept) => {
    if (--kept.users === 0) kept.close();
  };
  const opened = new LRUCache<string, Kept>({
    max: OPEN_FILES / 2,
    maxSize: TABLES_SIZE,
    // What is larger than all would not be kept, and never be closed.
    sizeCalculation: ({ size }) => Math.min(size, TABLES_SIZE),
    dispose: leave,
  });
  const opening = new Map<string, Promise<Kept>>();

  function openOnce(derivative: Derivative): Promise<Kept> {
    const { key } = derivative;
    const under = opening.get(key);
    if (under) return under;
    const begun = openPyramid(blobs, derivative)
      .then((made) => {
        const kept = { ...made, users: 1 };
        opened.set(key, kept);
        return kept;
      })
      .finally(() => opening.delete(key));
    opening.set(key, begun);
    return begun;
  }

  return {
    known: (key) => opened.get(key)?.pyramid,
    with: async (derivative, use) => {
      let kept = opened.get(derivative.key);
      // Others that were opened meanwhile may have taken its place already.
      while (!kept || kept.users === 0) kept = await withDeadline('storage', STORAGE, () => openOnce(derivative));
      kept.users++;
      try {
        return await use(kept.pyramid);
      } finally {
        leave(kept);
      }
    },
    forget: (key) => void opened.delete(key),
    close: () => opened.clear(),
  };
}
