import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import sharp, { type Sharp } from 'sharp';
import type { ImageRequest } from './domain/image-request.ts';
import type { Rectangle, ResolvedRequest } from './domain/resolve-request.ts';
import type { Pyramid } from './pyramid-reader.ts';

const JPEG_QUALITY = 85;
const TILES_AT_ONCE = 4;

// Only derivatives are decoded here, and of these only their JPEG tiles: the converter has decoded every one of them before.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg'] });
sharp.cache(false);

type Render = { pyramid: Pyramid; level: number; rectangle: Rectangle; request: ImageRequest; resolved: ResolvedRequest };

/** Decodes the tiles that a rectangle of a level touches, and makes of it what was asked (Image API 3.0, 4.6: size, mirror, turn, quality). */
export async function renderPixels({ pyramid, level, rectangle, request, resolved }: Render): Promise<Buffer> {
  const { data, channels } = await decodeRectangle(pyramid, level, rectangle);
  let image = sharp(data, { raw: { width: rectangle.width, height: rectangle.height, channels } });
  const { width, height } = resolved.size;
  if (width !== rectangle.width || height !== rectangle.height) image = image.resize(width, height, { fit: 'fill' });
  if (request.rotation.mirrored) image = image.flop();
  if (request.rotation.degrees !== 0) {
    // sharp flips and turns in one order of its own; a second pipeline keeps ours.
    image = rawAgain(await image.raw().toBuffer({ resolveWithObject: true })).rotate(request.rotation.degrees);
  }
  if (request.quality === 'gray') image = image.grayscale();
  if (request.quality === 'bitonal') image = image.grayscale().threshold(128);
  return request.format === 'png' ? image.png({ compressionLevel: 6 }).toBuffer() : image.jpeg({ quality: JPEG_QUALITY }).toBuffer();
}

type Raw = { data: Buffer; info: { width: number; height: number; channels: 1 | 2 | 3 | 4 } };

function rawAgain({ data, info: { width, height, channels } }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels } });
}

async function decodeRectangle(pyramid: Pyramid, index: number, rectangle: Rectangle): Promise<{ data: Buffer; channels: 1 | 3 }> {
  const level = pyramid.levels[index];
  if (!level) throw new RangeError(`no level ${index}`);
  const { tileWidth, tileHeight, across } = level;
  const channels = level.photometric === 1 ? 1 : 3;
  const data = Buffer.alloc(rectangle.width * rectangle.height * channels);
  const wanted: { column: number; row: number }[] = [];
  for (let row = Math.floor(rectangle.y / tileHeight); row * tileHeight < rectangle.y + rectangle.height; row++) {
    for (let column = Math.floor(rectangle.x / tileWidth); column * tileWidth < rectangle.x + rectangle.width; column++)
      wanted.push({ column, row });
  }
  await eachBounded(wanted, TILES_AT_ONCE, async ({ column, row }) => {
    const jpeg = await pyramid.tile(index, row * across + column);
    const tile = await sharp(jpeg, { failOn: 'error' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer();
    const [left, top] = [column * tileWidth, row * tileHeight];
    const from = { x: Math.max(left, rectangle.x), y: Math.max(top, rectangle.y) };
    const to = {
      x: Math.min(left + tileWidth, rectangle.x + rectangle.width),
      y: Math.min(top + tileHeight, rectangle.y + rectangle.height),
    };
    const length = (to.x - from.x) * channels;
    for (let y = from.y; y < to.y; y++) {
      const source = ((y - top) * tileWidth + (from.x - left)) * channels;
      tile.copy(data, ((y - rectangle.y) * rectangle.width + (from.x - rectangle.x)) * channels, source, source + length);
    }
  });
  return { data, channels };
}
