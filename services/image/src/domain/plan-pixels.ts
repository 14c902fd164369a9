import { COMPRESSION, PHOTOMETRIC, type PyramidLevel, type Size, scaleFactor, visibleSize } from '@vitrine/pyramid/pyramid-level.ts';
import type { TileBlock } from '@vitrine/pyramid/wrap-tiff.ts';
import type { ImageRequest } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';

/** A small copy of the whole image that was made with the derivative. */
export type Thumbnail = Dimensions & { readonly key: string };

/** How a request is answered: a stored tile or thumbnail as it is, several tiles joined, or some tiles of one level decoded and scaled. */
export type PixelPlan =
  | { readonly kind: 'thumbnail'; readonly key: string }
  | { readonly kind: 'stored'; readonly level: number; readonly tile: number }
  | { readonly kind: 'joined'; readonly level: number; readonly block: TileBlock }
  | { readonly kind: 'decoded'; readonly level: number; readonly rectangle: Rectangle };

/** Pixels decoded for one answer, at the most; a distorted size takes a smaller level rather than more. */
const MAX_DECODED = 100_000_000;
/** A level's size may be rounded otherwise than the client rounds (Image API 3.0, 4.7): by a pixel it is the same level. */
const ROUNDING = 1;
/** Tiles joined for one answer, at the most. */
const MAX_JOINED = 64;

/**
 * The smallest level that still has every pixel wanted, so that nothing is decoded to be thrown away (resizing from the full level costs a
 * hundred times as much); and where the request is exactly a stored tile, that tile.
 */
export function planPixels(
  request: ImageRequest,
  resolved: ResolvedRequest,
  levels: readonly PyramidLevel[],
  image: Dimensions & { readonly thumbnails?: readonly Thumbnail[] | undefined },
): PixelPlan {
  const { region, size } = resolved;
  const thumbnail = storedThumbnail(request, resolved, levels, image);
  if (thumbnail) return { kind: 'thumbnail', key: thumbnail.key };
  let chosen = 0;
  let rectangle = levelRectangle(region, levels[0] ?? image, image);
  for (let index = 1; index < levels.length; index++) {
    const level = levels[index];
    if (!level) break;
    const smaller = levelRectangle(region, level, image);
    const enough = smaller.width + ROUNDING >= size.width && smaller.height + ROUNDING >= size.height;
    if (!enough && rectangle.width * rectangle.height <= MAX_DECODED) break;
    chosen = index;
    rectangle = smaller;
  }
  const level = levels[chosen];
  if (!level) throw new RangeError('a pyramid has at least one level');
  if (isPlain(request, level)) {
    const tile = storedTile(region, size, level, image);
    if (tile !== undefined) return { kind: 'stored', level: chosen, tile };
    const block = joinedTiles(region, size, level, image);
    if (block) return { kind: 'joined', level: chosen, block };
  }
  return { kind: 'decoded', level: chosen, rectangle };
}

function storedThumbnail(
  { rotation, quality, format }: ImageRequest,
  { region, size }: ResolvedRequest,
  [level]: readonly PyramidLevel[],
  { width, height, thumbnails = [] }: Dimensions & { readonly thumbnails?: readonly Thumbnail[] | undefined },
): Thumbnail | undefined {
  if (format !== 'jpg' || rotation.degrees !== 0 || rotation.mirrored || region.width !== width || region.height !== height)
    return undefined;
  const grey = level?.photometric === PHOTOMETRIC.blackIsZero;
  if (quality === 'bitonal' || (quality === 'gray' && !grey)) return undefined;
  return thumbnails.find((small) => small.width === size.width && small.height === size.height);
}

/** Whether what is stored is what is asked for, but for region and size. */
function isPlain({ rotation, quality, format }: ImageRequest, { compression, photometric }: PyramidLevel): boolean {
  if (rotation.degrees !== 0 || rotation.mirrored) return false;
  const stored = (format === 'jpg' && compression === COMPRESSION.jpeg) || (format === 'webp' && compression === COMPRESSION.webp);
  const grey = photometric === PHOTOMETRIC.blackIsZero;
  return stored && (quality === 'default' || quality === 'color' || (grey && quality === 'gray'));
}

/** The region in pixels of a level, covering: never less than was asked for, never outside. */
function levelRectangle(region: Rectangle, level: Dimensions, image: Dimensions): Rectangle {
  const [across, down] = [level.width / image.width, level.height / image.height];
  const x = Math.min(level.width - 1, Math.floor(region.x * across + 1e-9));
  const y = Math.min(level.height - 1, Math.floor(region.y * down + 1e-9));
  const right = Math.min(level.width, Math.max(x + 1, Math.ceil((region.x + region.width) * across - 1e-9)));
  const bottom = Math.min(level.height, Math.max(y + 1, Math.ceil((region.y + region.height) * down - 1e-9)));
  return { x, y, width: right - x, height: bottom - y };
}

/**
 * Tile n of a level is the region n·tile·factor of the image exactly (Image API 3.0, implementation notes, 3), at the edge whatever is left; its size
 * is what shows of it, however that is rounded.
 */
function storedTile(region: Rectangle, size: Dimensions, level: PyramidLevel, image: Dimensions): number | undefined {
  const factor = scaleFactor(level, image);
  const [width, height] = [level.tileWidth * factor, level.tileHeight * factor];
  if (region.x % width !== 0 || region.y % height !== 0) return undefined;
  if (region.width !== Math.min(width, image.width - region.x) || region.height !== Math.min(height, image.height - region.y))
    return undefined;
  const [column, row] = [region.x / width, region.y / height];
  if (column >= level.across || row >= level.down) return undefined;
  const tile = row * level.across + column;
  const visible = visibleSize(level, tile);
  const [wider, higher] = [size.width - visible.width, size.height - visible.height];
  return wider >= 0 && wider <= ROUNDING && higher >= 0 && higher <= ROUNDING ? tile : undefined;
}

/**
 * The tiles that together are a region at the size of their level, where they can be joined: whole ones, but that the last row and column may show
 * less, and the last column no whole unit less.
 */
function joinedTiles(region: Rectangle, size: Dimensions, level: PyramidLevel, image: Dimensions): TileBlock | undefined {
  if (!level.restarts) return undefined;
  const factor = scaleFactor(level, image);
  const along = (side: 'width' | 'height', at: number) => {
    const tile = side === 'width' ? level.tileWidth : level.tileHeight;
    const first = at / (tile * factor);
    const shown = at + region[side] === image[side] ? level[side] - first * tile : region[side] / factor;
    const whole = at + region[side] === image[side] || shown % tile === 0;
    return Number.isInteger(first) && whole && shown === size[side] ? { first, count: Math.ceil(shown / tile) } : undefined;
  };
  const [columns, rows] = [along('width', region.x), along('height', region.y)];
  if (!columns || !rows || columns.count * rows.count > MAX_JOINED) return undefined;
  if (!fillsUnits(size.width, columns.count, level, level.restarts)) return undefined;
  return { column: columns.first, row: rows.first, across: columns.count, down: rows.count };
}

const fillsUnits = (width: number, tiles: number, { tileWidth }: PyramidLevel, unit: Size): boolean =>
  Math.ceil(width / unit.width) * unit.width === tiles * tileWidth;
