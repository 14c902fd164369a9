import { sleep } from '@vitrine/platform/sleep.ts';
import type { FetchDocument } from './fetch-document.ts';

/** The same, with so many milliseconds between the beginnings of two requests. */
export function pacedFetch(fetch: FetchDocument, pause: number, now: () => number): FetchDocument {
  if (pause === 0) return fetch;
  let next = 0;
  return async (address, accept, known, signal) => {
    const at = Math.max(now(), next);
    next = at + pause;
    await sleep(at - now(), signal);
    signal.throwIfAborted();
    return fetch(address, accept, known, signal);
  };
}
