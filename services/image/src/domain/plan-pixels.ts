import type { ImageRequest } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';
import type { TiffLevel } from './tiff-reader.ts';

/** How a request is answered: a stored tile as it is, or some tiles of one level decoded and scaled. */
export type PixelPlan =
  | { readonly kind: 'stored'; readonly level: number; readonly tile: number }
  | { readonly kind: 'decoded'; readonly level: number; readonly rectangle: Rectangle };

/** Pixels decoded for one answer, at the most; a distorted size takes a smaller level rather than more. */
const MAX_DECODED = 100_000_000;

/**
 * The smallest level that still has every pixel wanted, so that nothing is decoded to be thrown away (resizing from the full level costs a
 * hundred times as much); and where the request is exactly a stored tile, that tile.
 */
export function planPixels(request: ImageRequest, resolved: ResolvedRequest, levels: readonly TiffLevel[], image: Dimensions): PixelPlan {
  const { region, size } = resolved;
  const wanted = (level: TiffLevel) => levelRectangle(region, level, image);
  let chosen = 0;
  for (const [index, level] of levels.entries()) {
    const { width, height } = wanted(level);
    const enough = width >= size.width && height >= size.height;
    const tooMuch = index > 0 && area(wanted(levels[chosen] ?? level)) > MAX_DECODED;
    if (enough || tooMuch) chosen = index;
  }
  const level = levels[chosen];
  if (!level) throw new RangeError('a pyramid has at least one level');
  const rectangle = wanted(level);
  const tile = plain(request) ? storedTile(rectangle, region, size, level, image) : undefined;
  return tile === undefined ? { kind: 'decoded', level: chosen, rectangle } : { kind: 'stored', level: chosen, tile };
}

const area = ({ width, height }: Dimensions) => width * height;

function plain({ rotation, quality, format }: ImageRequest): boolean {
  return format === 'jpg' && rotation.degrees === 0 && !rotation.mirrored && (quality === 'default' || quality === 'color');
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
 * A pyramid halves from level to level, so tile n of a level is the region n·tile·factor of the image exactly. Edge tiles are stored with
 * padding and are cut by decoding.
 */
function storedTile(rectangle: Rectangle, region: Rectangle, size: Dimensions, level: TiffLevel, image: Dimensions): number | undefined {
  const factor = 2 ** Math.round(Math.log2(image.width / level.width));
  const [width, height] = [level.tileWidth * factor, level.tileHeight * factor];
  const aligned = region.x % width === 0 && region.y % height === 0 && region.width === width && region.height === height;
  const sameSize = size.width === level.tileWidth && size.height === level.tileHeight;
  if (!aligned || !sameSize) return undefined;
  const [column, row] = [region.x / width, region.y / height];
  const inside = (column + 1) * level.tileWidth <= level.width && (row + 1) * level.tileHeight <= level.height;
  return inside && rectangle.width > 0 ? row * level.across + column : undefined;
}
