import { type ChildProcess, fork } from 'node:child_process';
import { Problem, problemFromCode } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import { ChildReply, type ConversionResult, type ConversionTask } from './child/conversion-task.ts';
import { OUT_OF_MEMORY } from './child/exit-codes.ts';

/** A child that has nothing to do ends after this long: an idle server keeps no decoder in memory. */
const IDLE = 5_000;

/** Signals of a decoder that fell over its input; by any other somebody ended it. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE']);

type ChildPoolOptions = { size: number; memoryMegabytes: number; seconds: number; idle?: number };

/** Converts masters in child processes, a few at once, each killed when it takes too long or too much memory. */
export class ChildPool {
  readonly #options: ChildPoolOptions;
  readonly #idle = new Map<ChildProcess, NodeJS.Timeout>();
  readonly #all = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(options: ChildPoolOptions) {
    this.#options = options;
  }

  /** @throws Problem `master-unreadable`, `master-too-large`, `derivative-unverified` */
  async convert(task: ConversionTask, signal: AbortSignal): Promise<ConversionResult> {
    while (this.#busy >= this.#options.size) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
    try {
      signal.throwIfAborted();
      return await this.#run(this.#take(), task, signal);
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    for (const child of this.#all) child.kill('SIGKILL');
  }

  #take(): ChildProcess {
    for (const [child, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(child);
      return child;
    }
    const child = fork(new URL('./child/main.ts', import.meta.url), [String(this.#options.memoryMegabytes)], {
      execArgv: ['--max-old-space-size=256'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: { VIPS_CONCURRENCY: '2', MALLOC_ARENA_MAX: '2' },
    });
    this.#all.add(child);
    child.once('exit', () => {
      this.#all.delete(child);
      clearTimeout(this.#idle.get(child));
      this.#idle.delete(child);
    });
    return child;
  }

  #rest(child: ChildProcess): void {
    const timer = setTimeout(() => {
      // Out of the list first: a dying child must not be given work.
      this.#idle.delete(child);
      child.kill();
    }, this.#options.idle ?? IDLE);
    timer.unref();
    this.#idle.set(child, timer);
  }

  #run(child: ChildProcess, task: ConversionTask, signal: AbortSignal): Promise<ConversionResult> {
    const { seconds, memoryMegabytes } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => end(new Problem('master-too-large', { detail: `the conversion took more than ${seconds} seconds` })),
        seconds * 1000,
      );
      const end = (problem: unknown) => {
        forget();
        child.kill('SIGKILL');
        reject(problem);
      };
      const onAbort = () => end(signal.reason);
      const onExit = (code: number | null, killedBy: string | null) => {
        forget();
        reject(
          killedBy !== null && !CRASHES.has(killedBy)
            ? new Problem('unexpected', { detail: `a converter was ended by ${killedBy}` })
            : code === OUT_OF_MEMORY || killedBy === 'SIGABRT'
              ? new Problem('master-too-large', { detail: `the conversion took more than ${memoryMegabytes} MB` })
              : new Problem('master-unreadable', { detail: `the decoder died of it (${killedBy ?? code})` }),
        );
      };
      const onMessage = (message: unknown) => {
        forget();
        this.#rest(child);
        if (!Check(ChildReply, message)) reject(new Problem('unexpected', { detail: 'a converter answered something else' }));
        else if ('result' in message) resolve(message.result);
        else reject(problemFromCode(message.code, message.detail));
      };
      function forget() {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('exit', onExit).off('message', onMessage).off('error', end);
      }
      signal.addEventListener('abort', onAbort);
      child.on('exit', onExit).on('message', onMessage).on('error', end);
      child.send(task);
    });
  }
}
