import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { COMPRESSION, PHOTOMETRIC, type PyramidLevel } from '@vitrine/pyramid/pyramid-level.ts';
import { type TileBlock, wrapTiff } from '@vitrine/pyramid/wrap-tiff.ts';
import sharp, { type Sharp } from 'sharp';
import type { DecodedTiles, Raw } from './decoded-tiles.ts';
import type { Rectangle } from './domain/resolve-request.ts';
import type { Jp2Codec } from './jp2/jp2-codec.ts';
import type { OpenPyramid } from './open-pyramid.ts';

const TILES_AT_ONCE = 4;
/** From so many tiles on libvips decodes them all, in its own threads and without keeping any. */
const MANY_TILES = 48;

export type Decoders = { readonly tiles: DecodedTiles; readonly jp2: Jp2Codec };

/**
 * A rectangle of a level as pixels: only the tiles that it touches are read and decoded, of JPEG 2000 the level. Its buffer is to be given back to the
 * pool.
 */
export async function decodeRegion(
  pyramid: OpenPyramid,
  index: number,
  rectangle: Rectangle,
  channels: 1 | 3,
  { tiles, jp2 }: Decoders,
): Promise<Raw> {
  const level = pyramid.levels[index];
  if (!level) throw new RangeError(`no level ${index}`);
  if (level.compression === COMPRESSION.jpeg2000)
    return inChannels(await jp2.decode({ file: pyramid.key, level: index, rectangle, read: pyramid.whole }), channels);
  const block = blockOf(level, rectangle);
  const one = level.compression === COMPRESSION.jpeg && (level.samples === 1 || level.samples === 3) && level.bits === 8;
  return one && block.across * block.down <= MANY_TILES
    ? fromTiles(pyramid, index, level, block, rectangle, channels, tiles)
    : fromBlock(pyramid, index, rectangle, channels);
}

/** Grey of three channels by ITU-R BT.601, as JPEG has it. */
function inChannels(raw: Raw, channels: 1 | 3): Raw {
  if (raw.channels === channels) return raw;
  const { data, width, height } = raw;
  const made = Buffer.allocUnsafe(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++)
    if (channels === 3) made.fill(data[pixel] ?? 0, pixel * 3, pixel * 3 + 3);
    else {
      const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 3, pixel * 3 + 3);
      made[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  return { data: made, width, height, channels };
}

async function fromBlock(pyramid: OpenPyramid, index: number, rectangle: Rectangle, channels: 1 | 3): Promise<Raw> {
  const image = await blockImage(pyramid, index, rectangle, channels);
  const data = await ofTiles(pyramid, image.raw({ depth: 'uchar' }).toBuffer());
  return { data, width: rectangle.width, height: rectangle.height, channels };
}

/** Whether a level's pixels are shades of grey alone. */
export function isGrey({ photometric }: PyramidLevel): boolean {
  return photometric === PHOTOMETRIC.blackIsZero || photometric === PHOTOMETRIC.whiteIsZero;
}

function blockOf({ tileWidth, tileHeight }: PyramidLevel, { x, y, width, height }: Rectangle): TileBlock {
  const column = Math.floor(x / tileWidth);
  const row = Math.floor(y / tileHeight);
  return { column, row, across: Math.ceil((x + width) / tileWidth) - column, down: Math.ceil((y + height) / tileHeight) - row };
}

/** The tiles of a block, row by row. */
export const tilesOf = ({ across }: PyramidLevel, block: TileBlock): number[] =>
  [...numbersOf(block)].map(({ column, row }) => row * across + column);

function* numbersOf({ column, row, across, down }: TileBlock) {
  for (let r = row; r < row + down; r++) for (let c = column; c < column + across; c++) yield { column: c, row: r };
}

async function fromTiles(
  pyramid: OpenPyramid,
  index: number,
  { tileWidth, tileHeight, across }: PyramidLevel,
  block: TileBlock,
  { x, y, width, height }: Rectangle,
  channels: 1 | 3,
  tiles: DecodedTiles,
): Promise<Raw> {
  const data = tiles.pool.take(width * height * channels);
  await eachBounded([...numbersOf(block)], TILES_AT_ONCE, ({ column, row }) =>
    tiles.with(pyramid, index, row * across + column, channels, (tile) => {
      const [left, top] = [column * tileWidth, row * tileHeight];
      const [fromX, fromY] = [Math.max(left, x), Math.max(top, y)];
      const [toX, toY] = [Math.min(left + tileWidth, x + width), Math.min(top + tileHeight, y + height)];
      const length = (toX - fromX) * channels;
      for (let line = fromY; line < toY; line++) {
        const source = ((line - top) * tile.width + (fromX - left)) * channels;
        tile.data.copy(data, ((line - y) * width + (fromX - x)) * channels, source, source + length);
      }
    }),
  );
  return { data, width, height, channels };
}

/**
 * A rectangle of a level for libvips, which decodes it piece by piece as it goes on.
 *
 * @param profile of its colours, where they are to become sRGB
 */
export async function blockImage(
  pyramid: OpenPyramid,
  index: number,
  rectangle: Rectangle,
  channels: 1 | 3,
  profile?: Buffer,
): Promise<Sharp> {
  const level = pyramid.levels[index];
  if (!level) throw new RangeError(`no level ${index}`);
  const block = blockOf(level, rectangle);
  const stored = await pyramid.storedTiles(index, tilesOf(level, block));
  const left = rectangle.x - block.column * level.tileWidth;
  const top = rectangle.y - block.row * level.tileHeight;
  return sharp(wrapTiff(level, block, stored, profile), { limitInputPixels: false, failOn: 'error' })
    .extract({ left, top, width: rectangle.width, height: rectangle.height })
    .timeout({ seconds: LONGEST_STEP })
    .flatten({ background: '#ffffff' })
    .toColourspace(channels === 1 ? 'b-w' : 'srgb');
}

/** Seconds that libvips may take for one step of an answer. */
export const LONGEST_STEP = 60;

/** Whether libvips was stopped by its time limit. */
export const ranOut = (thrown: unknown): boolean => thrown instanceof Error && thrown.message.startsWith('timeout:');

/** What libvips makes of stored tiles; where it can't, they are damaged. */
export function ofTiles<T>({ key }: OpenPyramid, made: Promise<T>): Promise<T> {
  return made.catch((cause: unknown) => {
    if (ranOut(cause)) throw cause;
    throw new Problem('derivative-damaged', { detail: `${key}: tiles can’t be decoded`, cause });
  });
}
