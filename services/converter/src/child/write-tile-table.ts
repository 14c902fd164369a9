import { open, writeFile } from 'node:fs/promises';
import type { Pyramid, Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import type { ConversionTask } from './conversion-task.ts';
import { fileRange } from './file-range.ts';
import { fileTileTable } from './file-tile-table.ts';

/** A pyramid as it was read back. */
export type WrittenPyramid = Pyramid & {
  /** Whether every code of every tile was read when its restarts were written. */
  readonly walked: boolean;
};

/**
 * Writes the tile table of a derivative beside it.
 *
 * @param restarts by level the unit after whose rows its tiles restart, where they do
 * @throws Problem `derivative-damaged`
 */
export async function writeTileTable({ output, tiles, settings }: ConversionTask, restarts: readonly Size[]): Promise<WrittenPyramid> {
  await writeFile(tiles, await fileTileTable(output, settings.quality, restarts));
  const file = await open(output);
  try {
    const pyramid = await readPyramid(fileRange(file));
    return { ...pyramid, walked: restarts.length === pyramid.levels.length };
  } finally {
    await file.close();
  }
}
