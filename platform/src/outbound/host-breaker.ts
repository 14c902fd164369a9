const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 10 * 60_000;

type HostState = { failures: number; openUntil: number; running: number; waiting: (() => void)[] };

/** Politeness and patience by host: a few requests at once, and none for a while after several failures in a row (R7). */
export class HostBreaker {
  readonly #hosts = new Map<string, HostState>();
  readonly #atOnce: number;
  readonly #now: () => number;

  constructor(atOnce: number, now: () => number) {
    this.#atOnce = atOnce;
    this.#now = now;
  }

  /** Milliseconds until the host may be asked again; 0 when it may. */
  openFor(host: string): number {
    return Math.max(0, this.#state(host).openUntil - this.#now());
  }

  async enter(host: string): Promise<() => void> {
    const state = this.#state(host);
    while (state.running >= this.#atOnce) await new Promise<void>((resolve) => state.waiting.push(resolve));
    state.running++;
    return () => {
      state.running--;
      state.waiting.shift()?.();
    };
  }

  succeeded(host: string): void {
    const state = this.#state(host);
    state.failures = 0;
    state.openUntil = 0;
  }

  failed(host: string, retryAfter = 0): void {
    const state = this.#state(host);
    state.failures++;
    const over = state.failures - FAILURES_TO_OPEN;
    const pause = over >= 0 ? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** over) : 0;
    state.openUntil = Math.max(state.openUntil, this.#now() + Math.max(pause, retryAfter));
  }

  #state(host: string): HostState {
    let state = this.#hosts.get(host);
    if (!state) {
      state = { failures: 0, openUntil: 0, running: 0, waiting: [] };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
