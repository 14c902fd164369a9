import { setFlagsFromString } from 'node:v8';
import turbo from '@julusian/jpeg-turbo';
import { Problem } from '@vitrine/platform/problem.ts';
import { withProfile } from '@vitrine/pyramid/splice-jpeg.ts';
import { profiledTiff } from '@vitrine/pyramid/wrap-tiff.ts';
import sharp, { type Sharp } from 'sharp';
import type { BufferPool } from './buffer-pool.ts';
import { blockImage, type Decoders, decodeRegion, isGrey, LONGEST_STEP, ofTiles, ranOut } from './decode-region.ts';
import type { Raw } from './decoded-tiles.ts';
import type { Format, ImageRequest } from './domain/image-request.ts';
import type { RequestCost } from './domain/request-cost.ts';
import type { Rectangle, ResolvedRequest } from './domain/resolve-request.ts';
import { encodePdf } from './encode/encode-pdf.ts';
import type { OpenPyramid } from './open-pyramid.ts';

const JPEG_QUALITY = 85;
/** Huffman tables made for the picture save a hundredth of it, and want all of its coefficients in memory first. */
const STREAMED_JPEG = { quality: JPEG_QUALITY, optimiseCoding: false } as const;
const WEBP_QUALITY = 80;
const AVIF = { quality: 50, effort: 2 } as const;
const PNG = { compressionLevel: 6 } as const;
const TIFF = { compression: 'deflate' } as const;
const THRESHOLD = 128;
const WHITE = '#ffffff';
const NOTHING = { r: 255, g: 255, b: 255, alpha: 0 };
/** What can show nothing where the corners of a turned picture are. */
const TRANSPARENT: readonly Format[] = ['png', 'webp', 'avif', 'tif', 'gif'];

// Only derivatives are decoded here, and of these only tiles, wrapped as a TIFF: the converter has decoded every one of them before.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadTiff'] });
sharp.cache(false);
// Pixels lie outside the heap of V8, which else collects the whole of it after every 64 megabytes of them, whatever the heap may hold.
setFlagsFromString('--external-memory-accounted-in-global-limit');
// Many small pictures at once: a thread each is best, and a second one a picture costs more than it brings.
sharp.concurrency(1);

export type RenderTools = Decoders;
export type RenderTask = {
  readonly pyramid: OpenPyramid;
  readonly level: number;
  readonly rectangle: Rectangle;
  readonly request: ImageRequest;
  readonly resolved: ResolvedRequest;
  readonly cost: RequestCost;
};

/** Decodes what a request needs of a level, and makes of it what was asked (Image API 3.0, 4.6: size, mirror, turn, quality, format). */
export async function renderPixels(task: RenderTask, tools: RenderTools): Promise<Buffer> {
  try {
    return task.cost.streams ? await streamPixels(task) : await fromRegion(task, tools);
  } catch (thrown) {
    throw ranOut(thrown) ? new Problem('image-takes-too-long', { cause: thrown }) : thrown;
  }
}

async function fromRegion(task: RenderTask, tools: RenderTools): Promise<Buffer> {
  const { pyramid, level, rectangle } = task;
  const { tiles } = tools;
  const region = await decodeRegion(pyramid, level, rectangle, isMadeGrey(task) ? 1 : 3, tools);
  try {
    return await finish(keepsProfile(task) ? region : await inSrgb(region, pyramid.profile), task, tools);
  } finally {
    tiles.pool.give(region.data);
  }
}

async function finish(region: Raw, { pyramid, request, resolved }: RenderTask, { tiles: { pool }, jp2 }: RenderTools): Promise<Buffer> {
  const { rotation, quality, format } = request;
  const scaled = await scale(region, resolved.size.width, resolved.size.height);
  const turned = await turn(scaled, rotation, TRANSPARENT.includes(format));
  const finished = quality === 'bitonal' ? bitonal(turned) : turned;
  switch (format) {
    case 'jpg':
      return withProfile(await jpegOf(finished, pool), profileOf(pyramid.profile, finished.channels));
    case 'png':
      return sharpOf(finished).png(PNG).toBuffer();
    case 'webp':
      return sharpOf(finished).webp({ quality: WEBP_QUALITY, effort: 2 }).toBuffer();
    case 'avif':
      return sharpOf(finished).avif(AVIF).toBuffer();
    case 'tif':
      return sharpOf(finished).tiff(TIFF).toBuffer();
    case 'gif':
      return sharpOf(finished).gif({ effort: 3 }).toBuffer();
    case 'jp2':
      return jp2.encode(withoutAlpha(finished));
    case 'pdf':
      return encodePdf(await jpegOf(finished, pool), finished.width, finished.height);
  }
}

/** A JPEG goes out with the profile of the file; all else has none to carry, and is sRGB. */
const keepsProfile = ({ request: { format } }: RenderTask): boolean => format === 'jpg';

/** A profile where it is one of so many channels (ICC.1:2022, 7.2.6): grey made of colours has none. */
function profileOf(profile: Buffer | undefined, channels: number): Buffer | undefined {
  return profile?.toString('latin1', 16, 20) === (channels <= 2 ? 'GRAY' : 'RGB ') ? profile : undefined;
}

async function inSrgb(region: Raw, profile: Buffer | undefined): Promise<Raw> {
  const { data, width, height, channels } = region;
  const fitting = profileOf(profile, channels);
  if (!fitting) return region;
  const known = sharp(profiledTiff(data.subarray(0, width * height * channels), region, channels, fitting), { limitInputPixels: false });
  return {
    ...region,
    data: await known
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw()
      .toBuffer(),
  };
}

function isMadeGrey({ pyramid, request: { quality } }: RenderTask): boolean {
  return quality === 'gray' || quality === 'bitonal' || isGrey(pyramid.levels[0]);
}

/** A large answer from stored tiles to encoded bytes in one go, of which a strip at a time is in memory. */
async function streamPixels(task: RenderTask): Promise<Buffer> {
  const { pyramid, level, rectangle, request, resolved } = task;
  const { width, height } = resolved.size;
  const profile = profileOf(pyramid.profile, isGrey(pyramid.levels[0]) ? 1 : 3);
  const decoded = await blockImage(pyramid, level, rectangle, isMadeGrey(task) ? 1 : 3, keepsProfile(task) ? undefined : profile);
  const scaled =
    width === rectangle.width && height === rectangle.height ? decoded : decoded.resize(width, height, { fit: 'fill', kernel: 'linear' });
  const image = request.quality === 'bitonal' ? scaled.threshold(THRESHOLD) : scaled;
  if (request.format === 'png') return ofTiles(pyramid, image.png(PNG).toBuffer());
  if (request.format === 'tif') return ofTiles(pyramid, image.tiff(TIFF).toBuffer());
  return withProfile(
    await ofTiles(pyramid, image.jpeg(STREAMED_JPEG).toBuffer()),
    isMadeGrey(task) ? profileOf(pyramid.profile, 1) : profile,
  );
}

/** Pixels that may have a last channel of transparency. */
type Picture = { readonly data: Buffer; readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };

function sharpOf({ data, width, height, channels }: Picture): Sharp {
  const image = sharp(data, { raw: { width, height, channels }, limitInputPixels: false }).timeout({ seconds: LONGEST_STEP });
  return channels <= 2 ? image.toColourspace('b-w') : image;
}

async function raw(image: Sharp): Promise<Picture> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** A size may be a pixel more than the level has, by rounding: that pixel is its neighbour again. */
const ROUNDING = 1;

async function scale(region: Raw, width: number, height: number): Promise<Picture> {
  const [wider, higher] = [width - region.width, height - region.height];
  if (wider === 0 && higher === 0) return region;
  if (wider >= 0 && wider <= ROUNDING && higher >= 0 && higher <= ROUNDING) return extend(region, width, height);
  return raw(sharpOf(region).resize(width, height, { fit: 'fill', kernel: 'linear' }));
}

function extend({ data, width, height, channels }: Raw, toWidth: number, toHeight: number): Raw {
  const extended = Buffer.allocUnsafe(toWidth * toHeight * channels);
  for (let y = 0; y < toHeight; y++) {
    const [from, to] = [Math.min(y, height - 1) * width * channels, y * toWidth * channels];
    data.copy(extended, to, from, from + width * channels);
    for (let x = width; x < toWidth; x++) data.copy(extended, to + x * channels, from + (width - 1) * channels, from + width * channels);
  }
  return { data: extended, width: toWidth, height: toHeight, channels };
}

/** Mirrored first, then turned clockwise (4.3); a canvas that grows is transparent where it can be, else white. */
async function turn(picture: Picture, { degrees, mirrored }: ImageRequest['rotation'], transparent: boolean): Promise<Picture> {
  // sharp flips and turns in one order of its own: two pipelines keep ours.
  const facing = mirrored ? await raw(sharpOf(picture).flop()) : picture;
  if (degrees === 0) return facing;
  if (degrees % 90 === 0) return raw(sharpOf(facing).rotate(degrees));
  const canvas = transparent ? sharpOf(facing).ensureAlpha() : sharpOf(facing);
  return raw(canvas.rotate(degrees, { background: transparent ? NOTHING : WHITE }));
}

function bitonal({ data, ...rest }: Picture): Picture {
  const { channels } = rest;
  const black = Buffer.from(data);
  for (let at = 0; at < black.length; at += channels) black[at] = (black[at] ?? 0) >= THRESHOLD ? 255 : 0;
  return { data: black, ...rest };
}

function withoutAlpha({ data, width, height, channels }: Picture): Raw {
  if (channels === 1 || channels === 3) return { data, width, height, channels };
  throw new RangeError('what can show no transparency was turned with it');
}

async function jpegOf(picture: Picture, pool: BufferPool): Promise<Buffer> {
  const { data, width, height, channels } = withoutAlpha(picture);
  const [format, subsampling] = channels === 1 ? [turbo.FORMAT_GRAY, turbo.SAMP_GRAY] : [turbo.FORMAT_RGB, turbo.SAMP_420];
  const room = pool.take(turbo.bufferSize({ width, height, subsampling }));
  try {
    return Buffer.from(await turbo.compress(data, room, { format, width, height, subsampling, quality: JPEG_QUALITY }));
  } finally {
    pool.give(room);
  }
}
