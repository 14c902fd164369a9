import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import type { MappingAnswer, MappingTask } from './mapping-task.ts';

/** Milliseconds for a record; the process is ended then. */
const LONGEST = 5000;
/** Megabytes of objects that the process may hold. A thread with such a limit takes its whole process with it (Node 24), so it is a process of its own. */
const MEMORY = 128;
/** Characters of JSON that may come of a record. */
const MOST = 20_000_000;
/** Milliseconds without work after which the process is ended. */
const IDLE = 30_000;

export type OwnMapper = {
  /**
   * What an expression gives for a record, as JSON values.
   *
   * @throws Problem `mapping-failed` where it throws, takes too long or too much memory
   */
  evaluate(expression: string, record: unknown): Promise<unknown>;
  close(): Promise<void>;
};

/** Runs the mappings that sources bring with them, a record after the other, in a process with limits that is there only while it is needed. */
export function ownMapper(): OwnMapper {
  let child: ChildProcess | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = child;
    child = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill('SIGKILL');
    await gone;
  }

  function open(): ChildProcess {
    if (child?.connected) return child;
    child = fork(new URL('./main.ts', import.meta.url), [], {
      // What it says when it runs out of memory is told by its end.
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
      execArgv: [`--max-old-space-size=${MEMORY}`],
    });
    // What could not be started ends the task at hand like what died.
    child.on('error', () => {});
    return child;
  }

  async function ask(task: MappingTask): Promise<unknown> {
    const used = open();
    const heard = new AbortController();
    const { signal } = heard;
    try {
      const answered = once(used, 'message', { signal }).then(([answer]: MappingAnswer[]) => answer);
      const ended = Promise.race([once(used, 'exit', { signal }), once(used, 'error', { signal })]).then(
        (): MappingAnswer => ({ fault: `it took more than ${MEMORY} MB of memory` }),
      );
      const late = setTimeout(LONGEST, undefined, { signal }).then(
        (): MappingAnswer => ({ fault: `it took longer than ${LONGEST / 1000} seconds` }),
      );
      for (const promise of [answered, ended, late]) promise.catch(() => {});
      if (!used.connected) throw new Problem('port-unavailable', { detail: 'the process for mappings does not start' });
      used.send(task);
      const answer = await Promise.race([answered, ended, late]);
      if (!answer || 'fault' in answer) throw new Problem('mapping-failed', { detail: answer?.fault ?? 'nothing came' });
      if (answer.value === undefined) return undefined;
      if (answer.value.length > MOST) throw new Problem('mapping-failed', { detail: `it gives more than ${MOST / 1_000_000} MB` });
      return JSON.parse(answer.value);
    } catch (thrown) {
      // A process that failed at a record is not trusted with the next.
      await end();
      throw thrown;
    } finally {
      heard.abort();
    }
  }

  return {
    evaluate: (expression, record) => {
      const mine = turn.then(async () => {
        clearTimeout(idle);
        try {
          return await ask({ expression, record });
        } finally {
          idle = globalThis.setTimeout(() => void end(), IDLE).unref();
        }
      });
      turn = mine.catch(() => {});
      return mine;
    },
    close: end,
  };
}
