import { Problem } from '@vitrine/platform/problem.ts';
import type { RequestCost } from './domain/request-cost.ts';

export type AdmissionOptions = {
  /** Answers made at once of the size of a tile, and of larger ones. */
  readonly tiles: number;
  readonly large: number;
  /** Memory of all larger answers at once, by estimate. */
  readonly bytes: number;
};

/** How many may wait for each that works, and for how long, in milliseconds. */
const QUEUE_FACTOR = 32;
const LONGEST_WAIT = 20_000;
const ASK_AGAIN = 2000;

type Waiting = { readonly bytes: number; begin(): void; give(problem: Problem): void };

/** One lane: so many at once, so much memory at once, first come first served. */
class Lane {
  readonly #atOnce: number;
  readonly #bytes: number;
  #queue: Waiting[] = [];
  #busy = 0;
  #held = 0;

  constructor(atOnce: number, bytes: number) {
    this.#atOnce = atOnce;
    this.#bytes = bytes;
  }

  async run<T>(bytes: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    await this.#turn(bytes, signal);
    try {
      return await work();
    } finally {
      this.#busy--;
      this.#held -= bytes;
      this.#next();
    }
  }

  #fits(bytes: number): boolean {
    return this.#busy < this.#atOnce && (this.#busy === 0 || this.#held + bytes <= this.#bytes);
  }

  #take(bytes: number): void {
    this.#busy++;
    this.#held += bytes;
  }

  async #turn(bytes: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw new Problem('request-gone');
    if (this.#queue.length === 0 && this.#fits(bytes)) return this.#take(bytes);
    if (this.#queue.length >= this.#atOnce * QUEUE_FACTOR) throw busy();
    await new Promise<void>((resolve, reject) => {
      const leave = (problem: Problem) => {
        this.#queue = this.#queue.filter((other) => other !== waiting);
        waiting.give(problem);
        this.#next();
      };
      const timer = setTimeout(() => leave(busy()), LONGEST_WAIT);
      const gone = () => leave(new Problem('request-gone'));
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', gone);
      };
      const waiting: Waiting = {
        bytes,
        begin: () => {
          settle();
          this.#take(bytes);
          resolve();
        },
        give: (problem) => {
          settle();
          reject(problem);
        },
      };
      signal.addEventListener('abort', gone, { once: true });
      this.#queue.push(waiting);
    });
  }

  #next(): void {
    for (let first = this.#queue[0]; first && this.#fits(first.bytes); first = this.#queue[0]) {
      this.#queue.shift();
      first.begin();
    }
  }
}

function busy(): Problem {
  return new Problem('too-many-requests', { retryAfter: ASK_AGAIN });
}

/**
 * Decides by its cost when an answer is made: those of the size of a tile have a lane of their own, so that they never wait behind whole images,
 * which queue by the memory that they take. Whoever has gone leaves the queue.
 */
export class Admission {
  readonly #lanes: Readonly<Record<RequestCost['lane'], Lane>>;
  readonly #bytes: number;

  constructor({ tiles, large, bytes }: AdmissionOptions) {
    this.#lanes = { tile: new Lane(tiles, Number.POSITIVE_INFINITY), large: new Lane(large, bytes) };
    this.#bytes = bytes;
  }

  /** @throws Problem `image-too-costly` */
  demand({ bytes }: RequestCost): void {
    if (bytes > this.#bytes)
      throw new Problem('image-too-costly', { detail: `about ${megabytes(bytes)} MB, at most ${megabytes(this.#bytes)} MB` });
  }

  /** @throws Problem `image-too-costly`, `too-many-requests`, `request-gone` */
  async run<T>(cost: RequestCost, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    this.demand(cost);
    const { lane, bytes } = cost;
    return this.#lanes[lane].run(bytes, signal, work);
  }
}

const megabytes = (bytes: number) => Math.ceil(bytes / 1024 / 1024);
