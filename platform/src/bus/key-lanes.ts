import type { StoredRecord } from './port.ts';

type KeyLanesOptions = {
  /** Keys in work at once, over all partitions. */
  concurrency: number;
  /** Records of a partition taken in and not yet committed, at the most; the reader waits beyond. */
  window: number;
  redeliverAfter: number;
  deliver: (record: StoredRecord, signal: AbortSignal) => Promise<void>;
  /** Every record before `next` of this partition is done. */
  commit: (partition: number, next: number) => void;
};

type Tenure = {
  /** Taken in and not committed, by offset, in offset order: Map keeps the order of insertion, and admit() is called in order. */
  readonly open: Map<number, 'waiting' | 'done'>;
  readonly abort: AbortController;
  highest: number;
  /** What still ends of it is committed no longer: another has the partition, or reads it again. */
  lost: boolean;
  running: number;
  roomWanted: (() => void)[];
  idleWanted: (() => void)[];
};

type Admitted = { readonly record: StoredRecord; readonly tenure: Tenure };

/**
 * The records of one topic: many keys of each partition in flight, each key in its own order, with a contiguous commit. Shared by every
 * adapter of the bus. A tenure is the time for which this member has a partition.
 */
export class KeyLanes {
  readonly #options: KeyLanesOptions;
  readonly #tenures = new Map<number, Tenure>();
  /** Records of a key that is being worked on, in order. A key is here as long as a record of it runs. */
  readonly #lanes = new Map<string, Admitted[]>();
  #ready: Admitted[] = [];
  #running = 0;
  #held = false;

  constructor(options: KeyLanesOptions) {
    this.#options = options;
  }

  /**
   * Takes a record in; resolves when there is room for the next of its partition. One that was taken in before is not taken again: after a
   * rebalance a member that keeps a partition reads from its last commit.
   */
  admit(record: StoredRecord): Promise<void> | undefined {
    const tenure = this.#tenureOf(record.partition);
    if (record.offset > tenure.highest) {
      tenure.highest = record.offset;
      tenure.open.set(record.offset, 'waiting');
      const lane = this.#lanes.get(record.key);
      if (lane) lane.push({ record, tenure });
      else {
        this.#lanes.set(record.key, []);
        this.#ready.push({ record, tenure });
        this.#work();
      }
    }
    if (!this.isFull(record.partition)) return undefined;
    return new Promise((resolve) => tenure.roomWanted.push(resolve));
  }

  isFull(partition: number): boolean {
    return (this.#tenures.get(partition)?.open.size ?? 0) >= this.#options.window;
  }

  /** No delivery begins until flow(). */
  hold(): void {
    this.#held = true;
  }

  flow(): void {
    this.#held = false;
    this.#work();
  }

  /** The partitions of which records were taken in. */
  partitions(): number[] {
    return [...this.#tenures.keys()];
  }

  /** Ends the tenure of a partition that is no longer ours: drops what has not begun, waits for the rest, commits none of it. */
  release(partition: number): Promise<void> {
    return this.#end(partition, true);
  }

  async #end(partition: number, lost: boolean): Promise<void> {
    const tenure = this.#tenures.get(partition);
    if (!tenure) return;
    this.#tenures.delete(partition);
    tenure.lost = lost;
    tenure.abort.abort();
    const dropped = this.#ready.filter((entry) => entry.tenure === tenure);
    this.#ready = this.#ready.filter((entry) => entry.tenure !== tenure);
    for (const { record } of dropped) this.#next(record.key);
    for (const wake of tenure.roomWanted.splice(0)) wake();
    if (tenure.running > 0) await new Promise<void>((resolve) => tenure.idleWanted.push(resolve));
  }

  /** Ends the tenure of every partition; what is done by then is committed. */
  async drain(): Promise<void> {
    await Promise.all(this.partitions().map((partition) => this.#end(partition, false)));
  }

  #tenureOf(partition: number): Tenure {
    let tenure = this.#tenures.get(partition);
    if (!tenure) {
      tenure = { open: new Map(), abort: new AbortController(), highest: -1, lost: false, running: 0, roomWanted: [], idleWanted: [] };
      this.#tenures.set(partition, tenure);
    }
    return tenure;
  }

  #work(): void {
    while (!this.#held && this.#running < this.#options.concurrency) {
      const entry = this.#ready.shift();
      if (!entry) return;
      this.#running++;
      entry.tenure.running++;
      void this.#run(entry);
    }
  }

  async #run({ record, tenure }: Admitted): Promise<void> {
    const done = await this.#deliver(record, tenure.abort.signal);
    this.#running--;
    tenure.running--;
    if (done) this.#finish(record, tenure);
    this.#next(record.key);
    this.#work();
    if (tenure.running === 0) for (const wake of tenure.idleWanted.splice(0)) wake();
  }

  /** Makes the next record of a key ready, or forgets the key. */
  #next(key: string): void {
    const lane = this.#lanes.get(key);
    let next = lane?.shift();
    while (next?.tenure.abort.signal.aborted) next = lane?.shift();
    if (next) this.#ready.push(next);
    else this.#lanes.delete(key);
  }

  /** False when the tenure ended before the record was done. */
  async #deliver(record: StoredRecord, signal: AbortSignal): Promise<boolean> {
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

  #finish({ partition, offset }: StoredRecord, tenure: Tenure): void {
    tenure.open.set(offset, 'done');
    let next: number | undefined;
    for (const [candidate, state] of tenure.open) {
      if (state !== 'done') break;
      tenure.open.delete(candidate);
      next = candidate + 1;
    }
    if (next === undefined) return;
    if (!tenure.lost) this.#options.commit(partition, next);
    if (tenure.open.size < this.#options.window) for (const wake of tenure.roomWanted.splice(0)) wake();
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
