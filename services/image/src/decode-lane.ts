import { Problem } from '@vitrine/platform/problem.ts';

/** How many wait for a turn, for each that works. */
const QUEUE_FACTOR = 32;

/** A bound on work that takes memory and a core; beyond its queue it refuses. */
export class DecodeLane {
  readonly #size: number;
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** @throws Problem `too-many-requests` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.#size) {
      if (this.#waiting.length >= this.#size * QUEUE_FACTOR) throw new Problem('too-many-requests', { retryAfter: 2000 });
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#busy++;
    try {
      return await work();
    } finally {
      // The turn goes on to whoever waits longest.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy--;
    }
  }
}
