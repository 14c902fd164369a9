import { Worker } from 'node:worker_threads';
import { Problem } from '../problem.ts';
import type { Found, ObjectQuery } from './port.ts';

/** What the thread is told, and what it answers. */
export type SearchQuestion = { readonly number: number; readonly query: ObjectQuery };
export type SearchAnswer = { readonly number: number } & ({ readonly found: Found } | { readonly failed: string });

type Waiting = { resolve(found: Found): void; reject(problem: Problem): void };

/** Searches in a thread of its own: a search across everything takes milliseconds, in which this thread answers others. It begins with the first search. */
export class SqliteReader {
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #asked = 0;

  constructor(file: string) {
    this.#file = file;
  }

  search(query: ObjectQuery): Promise<Found> {
    const thread = this.#open();
    const number = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      // Only who waits keeps the process alive.
      thread.ref();
      thread.postMessage({ number, query } satisfies SearchQuestion);
    });
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #open(): Worker {
    if (this.#thread) return this.#thread;
    const thread = new Worker(new URL('./sqlite-reader-thread.ts', import.meta.url), { workerData: this.#file });
    thread.unref();
    thread.on('message', (answer: SearchAnswer) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (this.#waiting.size === 0) thread.unref();
      if ('found' in answer) waiting?.resolve(answer.found);
      else waiting?.reject(new Problem('unexpected', { detail: `the text index: ${answer.failed}` }));
    });
    thread.on('error', (cause) => this.#lose(thread, new Problem('unexpected', { detail: 'the thread of the text index failed', cause })));
    thread.on('exit', () => this.#lose(thread, new Problem('unexpected', { detail: 'the text index was closed' })));
    this.#thread = thread;
    return thread;
  }

  /** The next search begins another; one that failed ends after that, and takes nobody with it. */
  #lose(thread: Worker, problem: Problem): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    for (const { reject } of this.#waiting.values()) reject(problem);
    this.#waiting.clear();
  }
}
