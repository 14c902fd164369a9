import type { FileHandle } from 'node:fs/promises';
import type { ReadRange } from '@vitrine/pyramid/tiff-file.ts';

/** Ranges of an open file. */
export function fileRange(file: FileHandle): ReadRange {
  return async (from, to) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  };
}
