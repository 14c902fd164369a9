/** Milliseconds to wait before try `attempt` (from 1): doubling from `base` up to `most`, spread by half to keep crowds apart. */
export function backoff(attempt: number, base: number, most: number, random: () => number = Math.random): number {
  const full = Math.min(most, base * 2 ** Math.min(attempt - 1, 30));
  return Math.round(full * (0.5 + random() / 2));
}
