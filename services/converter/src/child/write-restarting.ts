import { open, writeFile } from 'node:fs/promises';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import { restartPyramid } from '@vitrine/pyramid/restart-pyramid.ts';
import { gatheredWrites } from './file-range.ts';

/**
 * Writes a pyramid that is in memory, its tiles such that they can be joined without being decoded; where that can't be done, as it is. Every code of every
 * tile is read for it.
 *
 * @returns by level the unit after whose rows its tiles restart
 * @throws Problem `derivative-damaged`
 */
export async function writeRestarting(pyramid: Buffer, path: string): Promise<readonly Size[]> {
  const target = await open(path, 'w');
  try {
    const writes = gatheredWrites(target);
    const units = await restartPyramid(async (from, to) => pyramid.subarray(from, to), writes.write);
    await writes.flush();
    if (units) return units;
  } finally {
    await target.close();
  }
  await writeFile(path, pyramid);
  return [];
}
