import { backoff } from './backoff.ts';
import type { Log } from './log.ts';
import { asProblem } from './problem.ts';
import { sleep } from './sleep.ts';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;

/** A step of a start: an engine that does not answer yet is waited for; one that is unfit, or refuses us, ends the start. */
export async function patiently<T>(log: Log, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.code !== 'port-unavailable' || signal.aborted) throw problem;
      log.warn({ detail: problem.detail, attempt }, 'waiting for an engine');
      await sleep(backoff(attempt, FIRST_WAIT, LONGEST_WAIT), signal);
    }
  }
}
