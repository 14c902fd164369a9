import { setTimeout } from 'node:timers/promises';

/** Node's timers take no more; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;

/** Waits; ends early, without an error, when the signal aborts. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.min(milliseconds, LONGEST), undefined, { signal }).catch(() => {});
}
