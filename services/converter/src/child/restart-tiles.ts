import { open, rename, rm } from 'node:fs/promises';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import { restartPyramid } from '@vitrine/pyramid/restart-pyramid.ts';
import { aheadRange, gatheredWrites } from './file-range.ts';

/**
 * Makes the tiles of a derivative such that they can be joined without being decoded; where that can't be done, it stays as it is.
 *
 * @returns by level the unit after whose rows its tiles restart
 * @throws Problem `derivative-damaged`
 */
export async function restartTiles(path: string): Promise<readonly Size[]> {
  const made = `${path}.restarting`;
  const [source, target] = [await open(path), await open(made, 'w')];
  try {
    const writes = gatheredWrites(target);
    const units = await restartPyramid(aheadRange(source), writes.write);
    await writes.flush();
    if (units) await rename(made, path);
    return units ?? [];
  } finally {
    await Promise.all([source.close(), target.close()]);
    await rm(made, { force: true });
  }
}
