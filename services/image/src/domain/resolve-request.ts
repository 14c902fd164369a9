import { Problem } from '@vitrine/platform/problem.ts';
import type { ImageRequest, Region, Size } from './image-request.ts';
import { allowedScale, type Limits, limitBroken } from './limits.ts';

export type Dimensions = { readonly width: number; readonly height: number };
export type Rectangle = Dimensions & { readonly x: number; readonly y: number };

/** A request against one image: whole pixels of the full image, and the pixels wanted before the turn. */
export type ResolvedRequest = {
  readonly region: Rectangle;
  readonly size: Dimensions;
  readonly upscaled: boolean;
  /** Where the size is the largest that is given, without upscaling or with it (4.8). */
  readonly maximum?: 'max' | '^max';
};

/**
 * Image API 3.0, 4.1 and 4.2, against the image and the server's limits.
 *
 * @throws Problem `image-request-invalid`, `image-size-exceeds-limit`
 */
export function resolveRequest({ region, size }: ImageRequest, image: Dimensions, limits: Limits): ResolvedRequest {
  const rectangle = resolveRegion(region, image);
  const wanted = resolveSize(size, rectangle, limits);
  const upscaled = wanted.width > rectangle.width || wanted.height > rectangle.height;
  if (upscaled && !size.upscale) {
    throw new Problem('image-request-invalid', {
      detail: `${wanted.width},${wanted.height} is larger than the region; ask with ^ to scale up`,
    });
  }
  const limit = limitBroken(wanted, limits);
  if (limit !== undefined)
    throw new Problem('image-size-exceeds-limit', { detail: `${wanted.width},${wanted.height} is more than ${limit}` });
  const isSize = ({ width, height }: Dimensions) => width === wanted.width && height === wanted.height;
  const largest = (upscale: boolean) => resolveSize({ kind: 'max', upscale }, rectangle, limits);
  const maximum = isSize(largest(false)) ? 'max' : isSize(largest(true)) ? '^max' : undefined;
  return { region: rectangle, size: wanted, upscaled, ...(maximum ? { maximum } : {}) };
}

function resolveRegion(region: Region, image: Dimensions): Rectangle {
  if (region.kind === 'full') return { x: 0, y: 0, ...image };
  if (region.kind === 'square') {
    const edge = Math.min(image.width, image.height);
    return { x: Math.floor((image.width - edge) / 2), y: Math.floor((image.height - edge) / 2), width: edge, height: edge };
  }
  const asked = region.kind === 'pixels' ? region : percentOf(region, image);
  // 4.1: wholly outside is 400; beyond the edge is cropped, never padded.
  if (asked.x >= image.width || asked.y >= image.height)
    throw new Problem('image-request-invalid', { detail: 'the region lies outside the image' });
  const width = Math.min(asked.w, image.width - asked.x);
  const height = Math.min(asked.h, image.height - asked.y);
  return { x: asked.x, y: asked.y, width, height };
}

function percentOf({ x, y, w, h }: { x: number; y: number; w: number; h: number }, image: Dimensions) {
  const across = (value: number) => Math.round((value * image.width) / 100);
  const down = (value: number) => Math.round((value * image.height) / 100);
  // What begins within the image is not outside for being rounded.
  const inside = (place: number, share: number, side: number) => (share < 100 ? Math.min(place, side - 1) : place);
  return { x: inside(across(x), x, image.width), y: inside(down(y), y, image.height), w: Math.max(1, across(w)), h: Math.max(1, down(h)) };
}

const atLeastOne = (value: number) => Math.max(1, Math.round(value));

function resolveSize(size: Size, region: Rectangle, limits: Limits): Dimensions {
  const { width, height } = region;
  const scaled = (scale: number): Dimensions => ({ width: atLeastOne(width * scale), height: atLeastOne(height * scale) });
  // Rounded down: "must not exceed" the limits (5.3).
  const within = (scale: number): Dimensions => ({
    width: Math.max(1, Math.floor(width * scale)),
    height: Math.max(1, Math.floor(height * scale)),
  });
  const most = allowedScale(region, limits);
  switch (size.kind) {
    case 'max': {
      return size.upscale || most < 1 ? within(most) : { width, height };
    }
    case 'percent': {
      const exact = { width: Math.round((width * size.n) / 100), height: Math.round((height * size.n) / 100) };
      if (exact.width < 1 || exact.height < 1) throw new Problem('image-request-invalid', { detail: 'the size is less than one pixel' });
      return exact;
    }
    case 'confined': {
      const fit = Math.min(size.w / width, size.h / height, size.upscale ? Number.POSITIVE_INFINITY : 1);
      // 4.2: "as large as possible" but "not larger than … server-imposed limits".
      return most < fit ? within(most) : scaled(fit);
    }
    case 'exact': {
      const { w, h } = size;
      if (w !== undefined && h !== undefined) return { width: w, height: h };
      return w !== undefined
        ? { width: w, height: atLeastOne((height * w) / width) }
        : { width: atLeastOne((width * (h ?? 1)) / height), height: h ?? 1 };
    }
  }
}
