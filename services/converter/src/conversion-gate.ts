type Waiting = { readonly source: string; readonly enter: () => void };

/**
 * Lets so many conversions begin at once: urgent ones before bulk, and of bulk each source in turn, so that one with a million images does not stand
 * before another with three.
 */
export class ConversionGate {
  readonly #size: number;
  readonly #urgent: Waiting[] = [];
  /** By source, in the order in which their turns come. */
  readonly #bulk = new Map<string, Waiting[]>();
  #inside = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Bulk work never takes the last place: a few slow masters must not hold up what is urgent. */
  #isOpen(source: string | undefined): boolean {
    return this.#inside < this.#size - (source === undefined || this.#size === 1 ? 0 : 1);
  }

  /**
   * @param source of bulk; urgent work has none
   * @returns to be called when it is done
   */
  async enter(source: string | undefined, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#isOpen(source)) this.#inside++;
    else await this.#wait(source, signal);
    return () => {
      this.#inside--;
      this.#next();
    };
  }

  #wait(source: string | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = source === undefined ? this.#urgent : (this.#bulk.get(source) ?? []);
      if (source !== undefined) this.#bulk.set(source, queue);
      const waiting: Waiting = {
        source: source ?? '',
        enter: () => {
          signal.removeEventListener('abort', gone);
          this.#inside++;
          resolve();
        },
      };
      const gone = () => {
        queue.splice(queue.indexOf(waiting), 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', gone, { once: true });
      queue.push(waiting);
    });
  }

  #next(): void {
    const urgent = this.#urgent.shift();
    if (urgent) {
      urgent.enter();
      return;
    }
    if (!this.#isOpen('')) return;
    for (const [source, queue] of this.#bulk) {
      // Behind all others until its next turn.
      this.#bulk.delete(source);
      const first = queue.shift();
      if (queue.length > 0) this.#bulk.set(source, queue);
      if (!first) continue;
      first.enter();
      return;
    }
  }
}
