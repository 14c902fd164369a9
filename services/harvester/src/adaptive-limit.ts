/** How much slower than at its best a host may become before it is asked less. */
const SLOWER = 3;
/** Milliseconds under which a host is quick whatever its best was. */
const QUICK = 20;
const FIRST = 4;
/** Weight of the newest answer. */
const SMOOTH = 0.1;

/**
 * How many requests go to a source at once: one more after as many quick answers as go there now, half as many when it slows down or fails. A host is asked for what
 * it can give, not for what it was set to.
 */
export class AdaptiveLimit {
  /** The most that ever go at once. */
  readonly most: number;
  readonly #now: () => number;
  #limit: number;
  #running = 0;
  #best = Number.POSITIVE_INFINITY;
  #usual = 0;
  #quick = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number, now: () => number = () => performance.now()) {
    this.most = most;
    this.#limit = Math.min(FIRST, most);
    this.#now = now;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Does the work when it is its turn. @throws what the signal says, or the work */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#running >= this.#limit) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (!signal.aborted) continue;
      // Who leaves without its turn hands on what woke it: else the last ones would wait for ever, and so would a stop.
      for (const wake of this.#waiting.splice(0)) wake();
      signal.throwIfAborted();
    }
    this.#running++;
    const began = this.#now();
    try {
      const value = await work();
      this.answered(this.#now() - began);
      return value;
    } finally {
      this.#running--;
      for (const wake of this.#waiting.splice(0, Math.max(1, this.#limit - this.#running))) wake();
    }
  }

  /** An answer came after so many milliseconds. */
  answered(milliseconds: number): void {
    this.#best = Math.min(this.#best * 1.001, milliseconds);
    this.#usual = this.#usual === 0 ? milliseconds : this.#usual * (1 - SMOOTH) + milliseconds * SMOOTH;
    if (this.#usual > Math.max(QUICK, this.#best * SLOWER)) {
      this.slowDown();
      this.#usual = this.#best;
    } else if (++this.#quick >= this.#limit && this.#limit < this.most) {
      this.#limit++;
      this.#quick = 0;
    }
  }

  /** The host failed, or asked for patience. */
  slowDown(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#quick = 0;
  }
}
