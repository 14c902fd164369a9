import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Problem } from '@vitrine/platform/problem.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import type { Raw } from '../decoded-tiles.ts';
import { jp2File } from './jp2-file.ts';

export type Jp2Task = { readonly data: Uint8Array; readonly width: number; readonly height: number; readonly channels: 1 | 3 };
type Jp2Answer = { readonly codestream?: Uint8Array; readonly fault?: string };

/** A thread is ended when it had nothing to do for so long: its memory never shrinks. */
const IDLE = 60_000;
/** A picture that takes longer is given up, with its thread. */
const LONGEST = 120_000;

export type Jp2Encoder = { encode(raw: Raw): Promise<Buffer>; close(): Promise<void> };

/** Pictures as JP2, one after the other, in a thread that is there only while it is needed. */
export function jp2Encoder(): Jp2Encoder {
  let worker: Worker | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  }

  async function encodeNow({ data, width, height, channels }: Raw): Promise<Buffer> {
    clearTimeout(idle);
    worker ??= new Worker(new URL('./jp2-worker.ts', import.meta.url));
    const used = worker;
    const heard = new AbortController();
    const { signal } = heard;
    try {
      used.postMessage({ data, width, height, channels } satisfies Jp2Task);
      const ended = once(used, 'exit', { signal }).then(() => Promise.reject(new Error('the thread ended')));
      const [answer]: Jp2Answer[] = await withDeadline('JPEG 2000', LONGEST, () =>
        Promise.race([once(used, 'message', { signal }), ended]),
      );
      if (!answer?.codestream) throw new Error(answer?.fault ?? 'nothing came');
      return jp2File(answer.codestream, { width, height, channels });
    } catch (cause) {
      await end();
      throw new Problem('unexpected', { detail: 'JPEG 2000 could not be encoded', cause });
    } finally {
      heard.abort();
      idle = setTimeout(() => void end(), IDLE).unref();
    }
  }

  return {
    encode: (raw) => {
      const mine = turn.then(() => encodeNow(raw));
      turn = mine.catch(() => {});
      return mine;
    },
    close: end,
  };
}
