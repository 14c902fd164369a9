import { open, writeFile } from 'node:fs/promises';
import { COMPRESSION, type Pyramid } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import type { ConversionTask } from './conversion-task.ts';
import { fileRange } from './file-range.ts';
import { fileTileTable } from './file-tile-table.ts';
import { restartTiles } from './restart-tiles.ts';

/** A pyramid as it was read back. */
export type WrittenPyramid = Pyramid & {
  /** Whether every code of every tile was read when its restarts were written. */
  readonly walked: boolean;
};

/**
 * Writes the tile table of a derivative beside it.
 *
 * @param options.restart first makes its tiles such that they can be joined
 * @throws Problem `derivative-damaged`
 */
export async function writeTileTable(
  { output, tiles, settings }: ConversionTask,
  { restart }: { restart: boolean },
): Promise<WrittenPyramid> {
  const restarts = restart ? await restartTiles(output) : [];
  await writeFile(tiles, await fileTileTable(output, settings.quality, restarts));
  const file = await open(output);
  try {
    const pyramid = await readPyramid(fileRange(file));
    return { ...pyramid, walked: restarts.length === pyramid.levels.length };
  } finally {
    await file.close();
  }
}

export const isJpeg = ({ levels }: Pyramid): boolean => levels.every(({ compression }) => compression === COMPRESSION.jpeg);
