import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { jp2File } from '@vitrine/pyramid/jpeg2000/jp2-file.ts';
import type { Raw } from '../decoded-tiles.ts';
import type { Rectangle } from '../domain/resolve-request.ts';
import type { Jp2Answer, Jp2Task } from './jp2-task.ts';

/** The process is ended when it had nothing to do for so long, in milliseconds. */
const IDLE = 60_000;
/** A task that takes longer is given up, with its process. */
const LONGEST = 120_000;

type Jp2Region = {
  /** Names the file among all. */
  readonly file: string;
  readonly level: number;
  readonly rectangle: Rectangle;
  /** Reads it, where the process does not have it at hand. */
  read(): Promise<Buffer>;
};

export type Jp2Codec = {
  encode(raw: Raw): Promise<Buffer>;
  /** @throws Problem `derivative-damaged`, `image-takes-too-long`, `port-unavailable` */
  decode(region: Jp2Region): Promise<Raw>;
  close(): Promise<void>;
};

/** JPEG 2000, one task after the other, in a process that is there only while it is needed. */
export function jp2Codec(): Jp2Codec {
  let child: ChildProcess | undefined;
  let atHand: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = child;
    child = undefined;
    atHand = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.kill('SIGKILL');
    await gone;
  }

  function open(): ChildProcess {
    if (child?.connected) return child;
    atHand = undefined;
    child = fork(new URL('./main.ts', import.meta.url), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { MALLOC_ARENA_MAX: '2' },
    });
    // What could not be started ends the task at hand like what died.
    child.on('error', () => {});
    return child;
  }

  async function ask(task: Jp2Task): Promise<Jp2Answer> {
    const used = open();
    const heard = new AbortController();
    const { signal } = heard;
    try {
      const ended = Promise.race([once(used, 'exit', { signal }), once(used, 'error', { signal })]).then((): never => {
        throw new Problem('port-unavailable', { detail: 'the process for JPEG 2000 ended' });
      });
      const answered = once(used, 'message', { signal }).then(([answer]: Jp2Answer[]) => answer ?? { fault: 'nothing came' });
      if (!used.connected) throw new Problem('port-unavailable', { detail: 'the process for JPEG 2000 does not start' });
      used.send(task);
      return await Promise.race([answered, ended, late(signal)]);
    } finally {
      heard.abort();
    }
  }

  /** One task at a time; a process that failed at one is not trusted with the next. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(async () => {
      clearTimeout(idle);
      try {
        return await work();
      } catch (thrown) {
        await end();
        throw thrown;
      } finally {
        idle = globalThis.setTimeout(() => void end(), IDLE).unref();
      }
    });
    turn = mine.catch(() => {});
    return mine;
  }

  return {
    encode: ({ data, width, height, channels }) =>
      inTurn(async () => {
        const answer = await ask({ kind: 'encode', data, width, height, channels });
        if ('fault' in answer) throw new Problem('unexpected', { detail: `JPEG 2000 could not be encoded: ${answer.fault}` });
        return jp2File(answer.bytes, { width, height, channels });
      }),
    decode: ({ file, level, rectangle, read }) =>
      inTurn(async () => {
        // A process that is gone has nothing at hand.
        open();
        const bytes = atHand === file ? undefined : await read();
        const answer = await ask({ kind: 'decode', file, level, rectangle, ...(bytes ? { bytes } : {}) });
        if ('fault' in answer) throw new Problem('derivative-damaged', { detail: `${file}: ${answer.fault}` });
        atHand = file;
        const { width, height } = rectangle;
        if (answer.channels !== 1 && answer.channels !== 3)
          throw new Problem('derivative-damaged', { detail: `${file}: ${answer.channels} channels` });
        return {
          data: Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.length),
          width,
          height,
          channels: answer.channels,
        };
      }),
    close: end,
  };
}

async function late(signal: AbortSignal): Promise<never> {
  await setTimeout(LONGEST, undefined, { signal });
  throw new Problem('image-takes-too-long', { detail: 'JPEG 2000' });
}
