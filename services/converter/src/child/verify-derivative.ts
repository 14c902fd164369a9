import { readFile } from 'node:fs/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { decodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { Pyramid, PyramidLevel, Size } from '@vitrine/pyramid/pyramid-level.ts';
import sharp, { type OutputInfo, type Sharp } from 'sharp';
import type { ConversionResult, ConversionTask } from './conversion-task.ts';
import type { Displayed } from './displayed.ts';
import { bytesOf, type OpenMaster } from './open-master.ts';
import { unreadable } from './unreadable.ts';
import type { WrittenPyramid } from './write-tile-table.ts';

/** Small enough that the copy of any image is reduced, not enlarged: kernels differ when they enlarge. */
const SAMPLE = 16;
/** Mean difference of the reduced copies, of 255: JPEG at quality 50 stays below 4, a channel swapped or a band lost goes above 20. */
const TOLERANCE = 12;

type Verified = ConversionResult['verified'];
const unverified = (detail: string, cause?: unknown) => new Problem('derivative-unverified', { detail, cause });

/**
 * Compares a pyramid that was read back with its master: its size, its levels, the grid and the place of every tile, each tile's code, and a reduced
 * copy.
 *
 * @param image the master's pixels as the derivative is to have them
 * @throws Problem `derivative-unverified`
 */
export async function verifyPyramid(
  { output, settings }: ConversionTask,
  image: Displayed['image'],
  { size: expected, sample }: Pick<OpenMaster, 'size' | 'sample'>,
  { levels, walked }: WrittenPyramid,
): Promise<Verified> {
  demandSize(levels[0], expected);
  const length = await bytesOf(output);
  let tiles = 0;
  for (const [n, level] of levels.entries()) {
    const before = levels[n - 1];
    if (before && !isHalf(before, level)) throw unverified(`level ${n} is ${level.width} × ${level.height}`);
    demandTiles(level, n, length);
    tiles += level.offsets.length;
  }
  const last = levels.at(-1) ?? levels[0];
  if (last.width > last.tileWidth || last.height > last.tileHeight) throw unverified('the smallest level is larger than a tile');
  if (!walked) for (const n of levels.keys()) await decodeWhole(output, n);
  if (sample) return { ...(await compareBands(output, image, sample, levels)), tiles };
  // The smallest level that is no smaller than the sample: one read instead of all of them.
  const small = levels.findLastIndex(({ width, height }) => width >= SAMPLE && height >= SAMPLE);
  const ours = sharp(output, { page: Math.max(0, small), limitInputPixels: false, failOn: 'error' });
  return { ...(await compare(image, ours, settings.encoding === 'deflate')), tiles };
}

/** The same of a JPEG 2000 file, whose largest and smallest sizes are decoded. @throws Problem `derivative-unverified` */
export async function verifyJp2(
  { output }: ConversionTask,
  image: () => Sharp,
  expected: Size,
  levels: readonly Size[],
): Promise<Verified> {
  demandSize(levels[0], expected);
  const file = await readFile(output);
  const whole = await decodeJp2(file, 0).catch((cause: unknown) => {
    throw unverified('it can’t be decoded', cause);
  });
  demandSize(whole, expected);
  const { data, width, height, channels } = whole;
  const ours = sharp(data, { raw: { width, height, channels: channels === 1 ? 1 : 3 }, limitInputPixels: false });
  return { ...(await compare(image, ours, false)), tiles: levels.length };
}

function demandSize(made: Size | undefined, expected: Size): void {
  if (made?.width !== expected.width || made.height !== expected.height)
    throw unverified(`${made?.width} × ${made?.height} instead of ${expected.width} × ${expected.height}`);
}

/** Each level is half of the one before, by whatever rounding. */
function isHalf(before: Size, level: Size): boolean {
  const half = (whole: number, part: number) => Math.abs(whole / 2 - part) < 1 || part === 1;
  return half(before.width, level.width) && half(before.height, level.height);
}

function demandTiles({ offsets, counts }: PyramidLevel, level: number, length: number): void {
  for (const [tile, from] of offsets.entries()) {
    const count = counts[tile] ?? 0;
    if (from <= 0 || count <= 0 || from + count > length) throw unverified(`tile ${tile} of level ${level} is not in the file`);
  }
}

/** Decodes every pixel of a level, in bounded memory. */
async function decodeWhole(output: string, level: number): Promise<void> {
  await sharp(output, { page: level, limitInputPixels: false, failOn: 'error', sequentialRead: true })
    .resize(SAMPLE, SAMPLE, { fit: 'fill' })
    .raw()
    .toBuffer()
    .catch((cause: unknown) => {
      throw unverified(`level ${level} can't be decoded`, cause);
    });
}

async function compare(image: () => Sharp, ours: Sharp, alpha: boolean): Promise<Omit<Verified, 'tiles'>> {
  const theirs = await reduced(image(), alpha).catch((thrown: unknown) => {
    throw unreadable(thrown);
  });
  return demandAlike(meanDifference(theirs, await reduced(ours, alpha)));
}

function demandAlike(difference: number): Omit<Verified, 'tiles'> {
  if (difference > TOLERANCE) throw unverified(`a reduced copy differs by ${difference.toFixed(1)} of 255, at most ${TOLERANCE}`);
  return { difference, tolerance: TOLERANCE };
}

/** Rows of a level that a band has at the least: fewer would be mixed with what is beside it. */
const BAND = 4;

/** Compares some strips of the master, reduced, with what the derivative has there. */
async function compareBands(
  output: string,
  image: Displayed['image'],
  { bands, decode }: NonNullable<OpenMaster['sample']>,
  levels: Pyramid['levels'],
): Promise<Omit<Verified, 'tiles'>> {
  const [full] = levels;
  const rows = bands[0]?.rows ?? 1;
  const level = Math.max(
    0,
    levels.findLastIndex(({ width, height }) => width >= SAMPLE && (rows * height) / full.height >= BAND),
  );
  const { width, height } = levels[level] ?? full;
  const theirs = await image(decode)
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((thrown: unknown) => {
      throw unreadable(thrown);
    });
  const ours = await sharp(output, { page: level, limitInputPixels: false, failOn: 'error' }).raw().toBuffer({ resolveWithObject: true });
  let difference = 0;
  for (const [n, { top }] of bands.entries()) {
    const scaled = Math.min(height - 1, Math.round((top * height) / full.height));
    const a = await bandOf(theirs, { top: n * rows, rows, width: full.width });
    const b = await bandOf(ours, {
      top: scaled,
      rows: Math.max(1, Math.min(height - scaled, Math.round((rows * height) / full.height))),
      width,
    });
    difference = Math.max(difference, meanDifference(a, b));
  }
  return demandAlike(difference);
}

type Pixels = { readonly data: Buffer; readonly info: OutputInfo };

function bandOf({ data, info: { width, height, channels } }: Pixels, band: { top: number; rows: number; width: number }): Promise<Buffer> {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false })
    .extract({ left: 0, top: band.top, width: band.width, height: band.rows })
    .resize(SAMPLE, 1, { fit: 'fill' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
}

function reduced(image: Sharp, alpha: boolean): Promise<Buffer> {
  const small = image.resize(SAMPLE, SAMPLE, { fit: 'fill' }).toColourspace('srgb');
  return (alpha ? small.ensureAlpha() : small).raw().toBuffer();
}

function meanDifference(a: Buffer, b: Buffer): number {
  if (a.length !== b.length) return 255;
  return a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
}
