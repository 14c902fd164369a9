import type { StoredRecord } from './port.ts';

type KeyLanesOptions = {
  concurrency: number;
  /** Records taken in and not yet committed, at the most; the reader waits beyond. */
  window: number;
  redeliverAfter: number;
  deliver: (record: StoredRecord, signal: AbortSignal) => Promise<void>;
  /** Every record before `next` of this partition is done. */
  commit: (next: number) => void;
};

/**
 * Many keys of one partition in flight, each in its own order, with a contiguous commit. Shared by every adapter of the bus.
 */
export class KeyLanes {
  readonly #options: KeyLanesOptions;
  readonly #abort = new AbortController();
  /** Taken in and not committed, by offset, in offset order: Map keeps the order of insertion, and admit() is called in order. */
  readonly #open = new Map<number, 'waiting' | 'done'>();
  /** Records of a key that is being worked on, in order. A key is here as long as a record of it runs. */
  readonly #lanes = new Map<string, StoredRecord[]>();
  readonly #ready: StoredRecord[] = [];
  #running = 0;
  #roomWanted: (() => void) | undefined;
  #idleWanted: (() => void)[] = [];

  constructor(options: KeyLanesOptions) {
    this.#options = options;
  }

  /** Takes a record in; resolves when there is room for the next. */
  admit(record: StoredRecord): Promise<void> | undefined {
    this.#open.set(record.offset, 'waiting');
    const lane = this.#lanes.get(record.key);
    if (lane) lane.push(record);
    else {
      this.#lanes.set(record.key, []);
      this.#ready.push(record);
      this.#work();
    }
    if (this.#open.size < this.#options.window) return undefined;
    return new Promise((resolve) => {
      this.#roomWanted = resolve;
    });
  }

  /** Drops what has not begun and waits for the rest. */
  async drain(): Promise<void> {
    this.#ready.length = 0;
    for (const lane of this.#lanes.values()) lane.length = 0;
    this.#abort.abort();
    this.#roomWanted?.();
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idleWanted.push(resolve));
  }

  #work(): void {
    while (this.#running < this.#options.concurrency) {
      const record = this.#ready.shift();
      if (!record) return;
      this.#running++;
      void this.#run(record);
    }
  }

  async #run(record: StoredRecord): Promise<void> {
    const done = await this.#deliver(record);
    this.#running--;
    if (done) this.#finish(record.offset);
    const next = this.#lanes.get(record.key)?.shift();
    if (next) this.#ready.push(next);
    else this.#lanes.delete(record.key);
    this.#work();
    if (this.#running === 0) for (const wake of this.#idleWanted.splice(0)) wake();
  }

  /** False when the subscription closed before the record was done. */
  async #deliver(record: StoredRecord): Promise<boolean> {
    const { signal } = this.#abort;
    for (;;) {
      try {
        await this.#options.deliver(record, signal);
        return true;
      } catch {
        // deliver() has logged it: the bus only repeats.
        if (signal.aborted) return false;
        await pause(this.#options.redeliverAfter, signal);
        if (signal.aborted) return false;
      }
    }
  }

  #finish(offset: number): void {
    this.#open.set(offset, 'done');
    let next: number | undefined;
    for (const [candidate, state] of this.#open) {
      if (state !== 'done') break;
      this.#open.delete(candidate);
      next = candidate + 1;
    }
    if (next === undefined) return;
    this.#options.commit(next);
    if (this.#open.size < this.#options.window && this.#roomWanted) {
      const wake = this.#roomWanted;
      this.#roomWanted = undefined;
      wake();
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
