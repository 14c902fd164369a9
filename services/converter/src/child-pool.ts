import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Problem, problemFromCode } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import { type ChildOrder, ChildReply, type ConversionResult, type ConversionTask } from './child/conversion-task.ts';
import { OUT_OF_MEMORY } from './child/exit-codes.ts';

/** A child that has nothing to do ends after this long: an idle server keeps no decoder in memory. */
const IDLE = 5_000;

/** Signals of a decoder that fell over its input; by any other somebody ended it. */
const CRASHES: ReadonlySet<string> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE']);

type ChildPoolOptions = {
  size: number;
  /** For one of them, and by estimate for all together. */
  memoryMegabytes: number;
  totalMegabytes: number;
  seconds: number;
  idle?: number;
};

const MEGABYTE = 1024 * 1024;
/** What is said before any decoder has seen more than a header. */
const HARMLESS: ReadonlySet<string> = new Set(['master-format-unsupported', 'master-too-large']);
const KEPT = 400 * MEGABYTE;
/** An estimate may be wrong by so much: only what is surely too large is refused by it. */
const UNSURE = 1.5;
const strange = () => new Problem('unexpected', { detail: 'a converter answered something else' });

/** Converts masters in child processes, a few at once, each killed when it takes too long or too much memory. */
export class ChildPool {
  readonly #options: ChildPoolOptions;
  readonly #idle = new Map<ChildProcess, NodeJS.Timeout>();
  readonly #all = new Set<ChildProcess>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  /** Bytes that those who are at work said they would take. */
  #estimated = 0;
  readonly #wantMemory: (() => void)[] = [];

  constructor(options: ChildPoolOptions) {
    this.#options = options;
  }

  /**
   * @throws Problem `master-format-unsupported`, `master-unreadable`, `master-too-large`, `derivative-unverified`, `port-unavailable`
   */
  async convert(task: ConversionTask, signal: AbortSignal): Promise<ConversionResult> {
    while (this.#busy >= this.#options.size) await turn(this.#waiting, signal);
    this.#busy++;
    try {
      signal.throwIfAborted();
      const child = this.#take();
      const said = await this.#ask(child, { do: 'estimate', task }, signal);
      if (!('estimate' in said)) throw strange();
      const free = await this.#reserve(child, said.estimate, signal);
      try {
        const done = await this.#ask(child, { do: 'convert', task }, signal);
        if (!('result' in done)) throw strange();
        // What a decoder took it keeps, in WebAssembly for ever: the next begins small again.
        if (done.result.memory > KEPT) child.kill();
        else this.#rest(child);
        return { ...done.result, estimate: said.estimate };
      } finally {
        free();
      }
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** Waits until there is room for what a conversion will take; one alone always has it. */
  async #reserve(child: ChildProcess, estimate: number, signal: AbortSignal): Promise<() => void> {
    const { totalMegabytes, memoryMegabytes } = this.#options;
    if (estimate > memoryMegabytes * MEGABYTE * UNSURE) {
      child.kill('SIGKILL');
      throw new Problem('master-too-large', {
        detail: `the conversion would take some ${Math.round(estimate / MEGABYTE)} MB, VITRINE_CONVERTER_MEMORY_MB is ${memoryMegabytes}`,
      });
    }
    while (this.#estimated > 0 && this.#estimated + estimate > totalMegabytes * MEGABYTE) {
      await turn(this.#wantMemory, signal).catch((thrown: unknown) => {
        child.kill('SIGKILL');
        throw thrown;
      });
    }
    this.#estimated += estimate;
    return () => {
      this.#estimated -= estimate;
      for (const wake of this.#wantMemory.splice(0)) wake();
    };
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
      // A thread each, where there are as many of them as cores: two a picture cost more than they bring.
      env: { VIPS_CONCURRENCY: String(Math.max(1, Math.floor(availableParallelism() / this.#options.size))), MALLOC_ARENA_MAX: '2' },
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

  /** Most problems end the child: a decoder that has failed is not used again. */
  #ask(child: ChildProcess, order: ChildOrder, signal: AbortSignal): Promise<ChildReply> {
    const { seconds, memoryMegabytes } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          end(new Problem('master-too-large', { detail: `the conversion took more than ${seconds} seconds (VITRINE_CONVERTER_SECONDS)` })),
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
            ? new Problem('unexpected', {
                detail: `a converter was ended by ${killedBy}; if the system did it for want of memory, lower VITRINE_CONVERTERS or give it more`,
              })
            : code === OUT_OF_MEMORY || killedBy === 'SIGABRT'
              ? new Problem('master-too-large', {
                  detail: `the conversion took more than ${memoryMegabytes} MB (VITRINE_CONVERTER_MEMORY_MB)`,
                })
              : new Problem('master-unreadable', { detail: `the decoder died of it (${killedBy ?? code})` }),
        );
      };
      const onMessage = (message: unknown) => {
        if (!Check(ChildReply, message)) return end(strange());
        if ('code' in message) {
          const problem = problemFromCode(message.code, message.detail);
          if (!HARMLESS.has(problem.code)) return end(problem);
          forget();
          this.#rest(child);
          return reject(problem);
        }
        forget();
        resolve(message);
      };
      function forget() {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        child.off('exit', onExit).off('message', onMessage).off('error', end);
      }
      signal.addEventListener('abort', onAbort);
      child.on('exit', onExit).on('message', onMessage).on('error', end);
      child.send(order);
    });
  }
}

/** Waits in a queue until it is woken. @throws what the signal says */
function turn(queue: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = () => {
      signal.removeEventListener('abort', gone);
      resolve();
    };
    const gone = () => {
      queue.splice(queue.indexOf(wake), 1);
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', gone, { once: true });
    queue.push(wake);
  });
}
