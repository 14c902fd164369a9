import { Problem } from '@vitrine/platform/problem.ts';
import { taskProcess } from '@vitrine/platform/process/task-process.ts';
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
  const codec = taskProcess<Jp2Task, Jp2Answer>({
    module: new URL('./main.ts', import.meta.url),
    name: 'JPEG 2000',
    env: { MALLOC_ARENA_MAX: '2' },
    stderr: 'inherit',
    idle: IDLE,
    longest: LONGEST,
    late: () => new Problem('image-takes-too-long', { detail: 'JPEG 2000' }),
    ended: () => new Problem('port-unavailable', { detail: 'the process for JPEG 2000 ended' }),
  });
  /** The file that a process keeps. */
  let atHand: { readonly process: number; readonly file: string } | undefined;

  return {
    encode: ({ data, width, height, channels }) =>
      codec.inTurn(async () => {
        const answer = await codec.ask({ kind: 'encode', data, width, height, channels });
        if ('fault' in answer) throw new Problem('unexpected', { detail: `JPEG 2000 could not be encoded: ${answer.fault}` });
        return jp2File(answer.bytes, { width, height, channels });
      }),
    decode: ({ file, level, rectangle, read }) =>
      codec.inTurn(async () => {
        // A process that is gone has nothing at hand.
        const process = codec.started();
        const bytes = atHand?.process === process && atHand.file === file ? undefined : await read();
        const answer = await codec.ask({ kind: 'decode', file, level, rectangle, ...(bytes ? { bytes } : {}) });
        if ('fault' in answer) throw new Problem('derivative-damaged', { detail: `${file}: ${answer.fault}` });
        atHand = { process, file };
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
    close: codec.close,
  };
}
