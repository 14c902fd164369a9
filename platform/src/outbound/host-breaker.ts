const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 10 * 60_000;

type HostState = { failures: number; openUntil: number };

/** Patience by host: no request for a while after several failures in a row (R7). */
export class HostBreaker {
  readonly #hosts = new Map<string, HostState>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds until the host may be asked again; 0 when it may. */
  openFor(host: string): number {
    return Math.max(0, this.#state(host).openUntil - this.#now());
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
      state = { failures: 0, openUntil: 0 };
      this.#hosts.set(host, state);
    }
    return state;
  }
}
