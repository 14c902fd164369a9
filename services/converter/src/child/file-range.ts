import type { FileHandle } from 'node:fs/promises';
import type { WriteAt } from '@vitrine/pyramid/restart-pyramid.ts';
import type { ReadRange } from '@vitrine/pyramid/tiff-file.ts';

/** Ranges of an open file. */
export function fileRange(file: FileHandle): ReadRange {
  return async (from, to) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  };
}

const TOGETHER = 4 * 1024 * 1024;

/** Writes that follow one another are made together. */
export function gatheredWrites(file: FileHandle): { write: WriteAt; flush(): Promise<void> } {
  let held: Buffer[] = [];
  let [start, length] = [0, 0];
  async function flush(): Promise<void> {
    const bytes = Buffer.concat(held);
    // A disk that fills up takes a part, and says so at the next.
    for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done, bytes.length - done, start + done)).bytesWritten;
    [held, length] = [[], 0];
  }
  return {
    flush,
    write: async (bytes, at) => {
      if (at !== start + length || length >= TOGETHER) {
        await flush();
        start = at;
      }
      held.push(bytes);
      length += bytes.length;
    },
  };
}
