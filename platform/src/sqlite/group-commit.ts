import type { DatabaseSync } from 'node:sqlite';
import { Problem } from '../problem.ts';

type Pending = { run: () => () => void; reject: (reason: unknown) => void };

/**
 * Joins the writes of two turns of the event loop into one transaction, so that many small writes cost one sync of the disk.
 * A promise settles only after the commit that holds its write. A write that throws undoes and fails all that share its commit:
 * writes are statements that can't fail but for the disk.
 */
export class GroupCommit {
  readonly #database: DatabaseSync;
  #queue: Pending[] = [];
  #scheduled = false;
  #closed = false;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  write<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Problem('port-unavailable', { detail: 'closed' }));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({
        run: () => {
          const value = work();
          return () => resolve(value);
        },
        reject,
      });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // A second turn lets those write too whose reads and files have just come: a tenth fewer syncs, for a moment's patience.
      setImmediate(() => setImmediate(() => this.#flush()));
    });
  }

  close(): void {
    this.#flush();
    this.#closed = true;
  }

  #flush(): void {
    this.#scheduled = false;
    const batch = this.#queue;
    if (batch.length === 0) return;
    this.#queue = [];
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const settled = batch.map((pending) => pending.run());
      this.#database.exec('COMMIT');
      for (const settle of settled) settle();
    } catch (cause) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      const problem = new Problem('port-unavailable', { detail: cause instanceof Error ? cause.message : String(cause), cause });
      for (const pending of batch) pending.reject(problem);
    }
  }
}
