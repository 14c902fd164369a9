import { joinTiles } from '@vitrine/pyramid/join-tiles.ts';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import type { TileBlock } from '@vitrine/pyramid/wrap-tiff.ts';
import { tilesOf } from './decode-region.ts';
import type { OpenPyramid } from './open-pyramid.ts';

/** Which tiles, and the size of what they are together. */
export type JoinTask = { readonly level: number; readonly block: TileBlock; readonly size: Size };

/** Stored tiles as one JPEG, at once; undefined where storage doesn't answer at once. @throws Problem `derivative-damaged` */
export function joinNow(pyramid: OpenPyramid, task: JoinTask): Buffer | undefined {
  const tiles = pyramid.storedTilesNow(task.level, tilesOf(levelOf(pyramid, task), task.block));
  return tiles && joined(pyramid, task, tiles);
}

/** Stored tiles as one JPEG. @throws Problem `derivative-damaged`, `port-unavailable` */
export async function joinStored(pyramid: OpenPyramid, task: JoinTask): Promise<Buffer> {
  return joined(pyramid, task, await pyramid.storedTiles(task.level, tilesOf(levelOf(pyramid, task), task.block)));
}

function joined(pyramid: OpenPyramid, task: JoinTask, tiles: readonly Buffer[]): Buffer {
  const { tileWidth: width, tileHeight: height, restarts } = levelOf(pyramid, task);
  if (!restarts) throw new RangeError(`level ${task.level} has tiles that can't be joined`);
  const { size, block } = task;
  return joinTiles({ tiles, across: block.across, prefix: pyramid.prefix(task.level), unit: restarts, tile: { width, height }, size });
}

function levelOf({ levels }: OpenPyramid, { level }: JoinTask) {
  const found = levels[level];
  if (!found) throw new RangeError(`no level ${level}`);
  return found;
}
