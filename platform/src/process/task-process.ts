import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Problem } from '../problem.ts';

export type TaskProcessOptions = {
  /** Takes one message a task, and answers each with one. */
  readonly module: URL;
  /** What it is for, as a person is told who meets its end. */
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  readonly stderr: 'inherit' | 'ignore';
  /** Milliseconds without a task after which it is ended, and those that a task may take. */
  readonly idle: number;
  readonly longest: number;
  /** What is thrown where a task took too long, and where the process ended at it. */
  readonly late: () => Problem;
  readonly ended: () => Problem;
};

export type TaskProcess<Task, Answer> = {
  /** Starts it where it is not there; answers a number that is another for each process. */
  started(): number;
  /** One task. Within `inTurn`. */
  ask(task: Task): Promise<Answer>;
  /** One piece of work after the other. Where it throws, the process is ended: it is not trusted with the next. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

/** A process for tasks that may take forever, too much memory, or the whole process with them: there only while it is needed. Answers are the module's own, not parsed here. */
export function taskProcess<Task extends object, Answer>(options: TaskProcessOptions): TaskProcess<Task, Answer> {
  const { module, name, env, execArgv, stderr } = options;
  let child: ChildProcess | undefined;
  let generation = 0;
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
    generation++;
    child = fork(module, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', stderr, 'ipc'],
      env: { ...env },
      ...(execArgv ? { execArgv: [...execArgv] } : {}),
    });
    // What could not be started ends the task at hand like what died.
    child.on('error', () => {});
    return child;
  }

  return {
    started: () => {
      open();
      return generation;
    },

    ask: async (task) => {
      const used = open();
      const heard = new AbortController();
      const { signal } = heard;
      const throwing = (problem: () => Problem) => (): never => {
        throw problem();
      };
      try {
        const answered = once(used, 'message', { signal }).then(([answer]: Answer[]) => {
          if (answer === undefined) throw options.ended();
          return answer;
        });
        const ended = Promise.race([once(used, 'exit', { signal }), once(used, 'error', { signal })]).then(throwing(options.ended));
        const late = setTimeout(options.longest, undefined, { signal }).then(throwing(options.late));
        for (const promise of [answered, ended, late]) promise.catch(() => {});
        if (!used.connected) throw new Problem('port-unavailable', { detail: `the process for ${name} does not start` });
        used.send(task);
        return await Promise.race([answered, ended, late]);
      } finally {
        heard.abort();
      }
    },

    inTurn: (work) => {
      const mine = turn.then(async () => {
        clearTimeout(idle);
        try {
          return await work();
        } catch (thrown) {
          await end();
          throw thrown;
        } finally {
          idle = globalThis.setTimeout(() => void end(), options.idle).unref();
        }
      });
      turn = mine.catch(() => {});
      return mine;
    },

    close: end,
  };
}
