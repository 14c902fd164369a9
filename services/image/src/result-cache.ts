import { LRUCache } from 'lru-cache';

export type ResultCache = {
  /** What is kept in memory. */
  known(key: string): Buffer | undefined;
  /** What is kept, or what `make` makes: once for all who ask meanwhile. It is given up when all of them have gone. */
  get(key: string, signal: AbortSignal, make: (signal: AbortSignal) => Promise<Buffer>): Promise<Buffer>;
};

type Flight = { readonly made: Promise<Buffer>; readonly giveUp: AbortController; waiting: number };

/**
 * Answers that were made, by derivative and canonical request: what has other pixels has another key, so nothing is ever stale.
 *
 * @param bytes that are kept at the most; 0 keeps nothing
 */
export function resultCache(bytes: number): ResultCache {
  const kept = new LRUCache<string, Buffer>({ maxSize: Math.max(1, bytes), sizeCalculation: ({ length }) => length + 256 });
  const flights = new Map<string, Flight>();

  function begin(key: string, make: (signal: AbortSignal) => Promise<Buffer>): Flight {
    const giveUp = new AbortController();
    const made = make(giveUp.signal)
      .then((result) => {
        if (result.length + 256 <= bytes) kept.set(key, result);
        return result;
      })
      .finally(() => {
        if (flights.get(key) === flight) flights.delete(key);
      });
    // Whoever waits sees the failure; with nobody left there is nobody to see it.
    made.catch(() => {});
    const flight: Flight = { made, giveUp, waiting: 0 };
    flights.set(key, flight);
    return flight;
  }

  return {
    known: (key) => kept.get(key),
    get: async (key, signal, make) => {
      const found = kept.get(key);
      if (found) return found;
      const there = flights.get(key);
      const flight = there && !there.giveUp.signal.aborted ? there : begin(key, make);
      flight.waiting++;
      const leave = () => {
        if (--flight.waiting === 0) flight.giveUp.abort();
      };
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await flight.made;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
