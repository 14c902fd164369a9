import { Problem } from '@vitrine/platform/problem.ts';
import sharp, { type Metadata } from 'sharp';
import type { ConversionTask } from './conversion-task.ts';

/** Small enough that the copy of any image is reduced, not enlarged: kernels differ when they enlarge. */
const SAMPLE = 16;
/** Mean difference of the reduced copies, of 255: JPEG at quality 50 stays below 4, a channel swapped or a band lost goes above 20. */
const TOLERANCE = 12;

type Level = { width: number; height: number };

/**
 * Reads a derivative back: each level has the size it should, every tile of every level is decoded, and a reduced copy looks like one of the
 * master.
 *
 * @throws Problem `derivative-unverified`
 */
export async function verifyDerivative(
  { input, output, tile, maxPixels }: ConversionTask,
  master: Metadata,
): Promise<{ levels: Level[]; difference: number }> {
  const turned = (master.orientation ?? 1) >= 5;
  const expected = turned ? { width: master.height, height: master.width } : { width: master.width, height: master.height };
  const { pages = 1 } = await sharp(output, { limitInputPixels: maxPixels }).metadata();
  const levels: Level[] = [];
  for (let page = 0; page < pages; page++) {
    const level = sharp(output, { page, limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true });
    const { width, height } = await level.metadata();
    levels.push({ width, height });
    // stats() runs over every pixel, so every tile is decoded, in bounded memory.
    await level.stats().catch((cause: unknown) => {
      throw new Problem('derivative-unverified', { detail: `level ${page} can't be decoded`, cause });
    });
  }
  const [full] = levels;
  if (full?.width !== expected.width || full.height !== expected.height) {
    throw new Problem('derivative-unverified', {
      detail: `${full?.width} × ${full?.height} instead of ${expected.width} × ${expected.height}`,
    });
  }
  const last = levels.at(-1);
  if (!last || last.width > tile || last.height > tile)
    throw new Problem('derivative-unverified', { detail: 'the smallest level is larger than a tile' });
  const difference = meanDifference(await reduced(input, maxPixels), await reduced(output, maxPixels));
  if (difference > TOLERANCE)
    throw new Problem('derivative-unverified', { detail: `a reduced copy differs by ${difference.toFixed(1)} of 255` });
  return { levels, difference };
}

function reduced(file: string, maxPixels: number): Promise<Buffer> {
  return sharp(file, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .resize(SAMPLE, SAMPLE, { fit: 'fill' })
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

function meanDifference(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return 255;
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}
