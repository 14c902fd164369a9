import { open } from 'node:fs/promises';
import { COMPRESSION, PHOTOMETRIC, type PyramidLevel, type Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { tiffPages } from '@vitrine/pyramid/tiff-pages.ts';
import type { ConversionTask } from './conversion-task.ts';
import { fileRange } from './file-range.ts';
import { type OpenMaster, openMaster, sniff } from './open-master.ts';

const TILES = [256, 512];
const SHOWN: readonly number[] = [PHOTOMETRIC.blackIsZero, PHOTOMETRIC.rgb, PHOTOMETRIC.ycbcr];
/** Colours of other spaces than sRGB are converted: not every viewer minds a profile. */
const SRGB = /srgb|IEC ?61966/i;

export type KeptPyramid = { readonly master: OpenMaster; readonly tile: Size; readonly encoding: 'jpeg' };

/**
 * A master that is itself what a derivative by these settings would be: one picture, upright, grey or sRGB of 8 bits, square JPEG tiles of 256 or 512
 * pixels, each level half of the one before, as pages, down to one tile. Undefined for any other.
 */
export async function keptPyramid(task: ConversionTask): Promise<KeptPyramid | undefined> {
  if (task.settings.encoding !== 'jpeg' || (await sniff(task.input)) !== 'tiff') return undefined;
  const file = await open(task.input);
  try {
    const read = fileRange(file);
    const [pages, pyramid] = await Promise.all([tiffPages(read), readPyramid(read)]).catch(() => [[], undefined] as const);
    const [first] = pyramid?.levels ?? [];
    const last = pyramid?.levels.at(-1);
    if (!pyramid || !first || !last || pages.length !== 1 || pyramid.levels.length === 1) return undefined;
    if (pages[0]?.hasSubDirectories) return undefined;
    if (!pyramid.levels.every((level, n) => isFit(level, first, pyramid.levels[n - 1]))) return undefined;
    if (last.width > last.tileWidth || last.height > last.tileHeight) return undefined;
    const master = await openMaster(task);
    const { orientation, profile } = master.facts;
    if (orientation !== 1 || (profile !== undefined && !SRGB.test(profile))) return undefined;
    return { master, tile: { width: first.tileWidth, height: first.tileHeight }, encoding: 'jpeg' };
  } finally {
    await file.close();
  }
}

function isFit(level: PyramidLevel, first: PyramidLevel, before: PyramidLevel | undefined): boolean {
  const { tileWidth, tileHeight, compression, photometric, samples, bits } = level;
  const half = (whole: number, part: number) => Math.abs(whole / 2 - part) < 1;
  return (
    TILES.includes(tileWidth) &&
    tileWidth === tileHeight &&
    tileWidth === first.tileWidth &&
    compression === COMPRESSION.jpeg &&
    bits === 8 &&
    SHOWN.includes(photometric) &&
    samples === (photometric === PHOTOMETRIC.blackIsZero ? 1 : 3) &&
    (!before || (half(before.width, level.width) && half(before.height, level.height)))
  );
}
