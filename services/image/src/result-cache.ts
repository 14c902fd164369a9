import { LRUCache } from 'lru-cache';
import type { DiskCache } from './disk-cache.ts';

/** What an entry takes beside its bytes. */
const HEAD = 256;
/** No answer takes more than such a part of the memory: a few whole images would leave no room for what viewers ask for. */
const SHARES = 8;

/** What has other pixels has another key. */
type ResultKey = { readonly derivative: string; readonly canonical: string };

export type ResultCache = {
  /** What is kept in memory. */
  known(key: ResultKey): Buffer | undefined;
  /**
   * What is kept, or what `make` makes: once for all who ask meanwhile. It is given up when all of them have gone.
   *
   * @param place `memory` where the disk has it anyway
   */
  get(key: ResultKey, signal: AbortSignal, make: Make, place?: 'memory'): Promise<Buffer>;
};

type Make = (signal: AbortSignal) => Promise<Buffer>;
type Flight = { readonly made: Promise<Buffer>; readonly giveUp: AbortController; waiting: number };

/**
 * Answers that were made, by derivative and canonical request: what has other pixels has another key, so nothing is ever stale.
 *
 * @param bytes that are kept in memory at the most; 0 keeps nothing
 * @param disk what is not in memory is looked for there, and what is made is kept there too
 */
export function resultCache(bytes: number, disk?: DiskCache): ResultCache {
  const kept = new LRUCache<string, Buffer>({ maxSize: Math.max(1, bytes), sizeCalculation: ({ length }) => length + HEAD });
  const flights = new Map<string, Flight>();

  async function find({ derivative, canonical }: ResultKey, signal: AbortSignal, make: Make, onDisk: boolean): Promise<Buffer> {
    if (!disk || !onDisk) return make(signal);
    const found = await disk.get(derivative, canonical);
    if (found) return found;
    const made = await make(signal);
    // Nobody waits for the disk.
    void disk.put(derivative, canonical, made);
    return made;
  }

  function begin(key: string, wanted: ResultKey, make: Make, onDisk: boolean): Flight {
    const giveUp = new AbortController();
    const made = find(wanted, giveUp.signal, make, onDisk)
      .then((result) => {
        if (result.length + HEAD <= bytes / SHARES) kept.set(key, result);
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
    known: (key) => kept.get(nameOf(key)),
    get: async (wanted, signal, make, place) => {
      const key = nameOf(wanted);
      const found = kept.get(key);
      if (found) return found;
      const there = flights.get(key);
      const flight = there && !there.giveUp.signal.aborted ? there : begin(key, wanted, make, place !== 'memory');
      flight.waiting++;
      const leave = () => {
        if (--flight.waiting === 0) flight.giveUp.abort();
      };
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      try {
        return await flight.made;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}

const nameOf = ({ derivative, canonical }: ResultKey): string => `${derivative} ${canonical}`;
