import type { Stores, StreamEntry } from '../stores.ts';
import { newestPage, pageKey } from '../stream/append-to-stream.ts';
import { BEGINNING, type ChangePosition } from './change-position.ts';

/** Milliseconds for which it is not looked again where the stream ends, however many ask. */
const FRESH = 500;

export type Change = { readonly entry: StreamEntry; readonly position: ChangePosition };

export type ReadChanges = {
  /** Where the stream ends. */
  tail(): Promise<ChangePosition>;
  /** Whether nothing was told up to a place yet: it is of another stream, or of one that was restored. */
  isAhead(position: ChangePosition): Promise<boolean>;
  /** What came after a place: the rest of a page at the most. Empty at the end. */
  after(position: ChangePosition): Promise<readonly Change[]>;
  /** The end has moved, in this process: whoever waits is woken, and it is looked again. */
  told(): void;
  /** Resolves when it was told, or after so many milliseconds: another process may have written. */
  news(milliseconds: number, signal: AbortSignal): Promise<void>;
};

const isBehind = (end: ChangePosition, { page, taken }: ChangePosition): boolean =>
  page > end.page || (page === end.page && taken > end.taken);

/** Our own stream as one list of changes, for those who follow it. */
export function readChanges(stores: Pick<Stores, 'streamPages' | 'streamHead'>, now: () => Date): ReadChanges {
  let known: { readonly at: number; readonly tail: Promise<ChangePosition> } | undefined;
  const waiting = new Set<() => void>();

  async function find(): Promise<ChangePosition> {
    const page = await newestPage(stores);
    if (page === 0) return BEGINNING;
    return { page, taken: (await stores.streamPages.get(pageKey(page)))?.entries.length ?? 0 };
  }

  function tail(): Promise<ChangePosition> {
    const time = now().getTime();
    if (!known || time - known.at >= FRESH) {
      const found = find();
      known = { at: time, tail: found };
      found.catch(() => {
        known = undefined;
      });
    }
    return known.tail;
  }

  return {
    tail,
    isAhead: async (position) => {
      if (!isBehind(await tail(), position)) return false;
      // Another process may have told it a moment ago.
      known = undefined;
      return isBehind(await tail(), position);
    },
    after: async ({ page, taken }) => {
      const end = await tail();
      for (let number = page, before = taken; number <= end.page; number++, before = 0) {
        if (number === end.page && before >= end.taken) return [];
        const { entries = [] } = (await stores.streamPages.get(pageKey(number))) ?? {};
        if (entries.length > before)
          return entries.slice(before).map((entry, n) => ({ entry, position: { page: number, taken: before + n + 1 } }));
      }
      return [];
    },
    told: () => {
      known = undefined;
      for (const wake of [...waiting]) wake();
    },
    news: (milliseconds, signal) =>
      new Promise((resolve) => {
        const done = () => {
          waiting.delete(done);
          clearTimeout(timer);
          signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, milliseconds);
        waiting.add(done);
        signal.addEventListener('abort', done, { once: true });
        if (signal.aborted) done();
      }),
  };
}
