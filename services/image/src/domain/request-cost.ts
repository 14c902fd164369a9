import type { Format, ImageRequest } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';

export type RequestCost = {
  /** Decoded and made. */
  readonly pixels: number;
  /** Memory that the answer takes while it is made, by estimate. */
  readonly bytes: number;
  /** `tile`: about what a viewer asks for at a time; `large`: everything that holds up others. */
  readonly lane: 'tile' | 'large';
  /** Made strip by strip, so that never all of it is in memory as pixels. */
  readonly streams: boolean;
};

/** Up to so many pixels, decoded and made, a request is one of many that a viewer asks for. */
const TILE_PIXELS = 2_500_000;
/** Bytes a pixel: decoded, then scaled or turned beside it, then encoded. */
const DECODED_BYTES = 4;
const MADE_BYTES = 8;
/** Bytes a pixel of what is streamed: the stored tiles, and what is encoded. */
const STORED_BYTES = 0.5;
const ENCODED_BYTES = 1.5;
const STREAMED: readonly Format[] = ['jpg', 'png', 'tif'];
/** These take ten times a JPEG's time and more. */
const SLOW: readonly Format[] = ['avif', 'jp2', 'gif', 'webp', 'pdf'];
const SLOW_PIXELS = 300_000;

/**
 * What a request takes in this process, before anything is read or decoded for it.
 *
 * @param elsewhere a size that another process decodes whole for it, one at a time
 */
export function requestCost(
  { format, rotation }: ImageRequest,
  rectangle: Rectangle,
  { size }: ResolvedRequest,
  elsewhere?: Dimensions,
): RequestCost {
  const decoded = area(rectangle);
  const made = area(size);
  if (elsewhere)
    return { pixels: area(elsewhere) + made, bytes: decoded * DECODED_BYTES + made * MADE_BYTES, lane: 'large', streams: false };
  const lane = decoded + made <= (SLOW.includes(format) ? SLOW_PIXELS : TILE_PIXELS) ? 'tile' : 'large';
  const streams = lane === 'large' && STREAMED.includes(format) && rotation.degrees === 0 && !rotation.mirrored;
  const bytes = streams ? decoded * STORED_BYTES + made * ENCODED_BYTES : decoded * DECODED_BYTES + made * MADE_BYTES;
  return { pixels: decoded + made, bytes, lane, streams };
}

const area = ({ width, height }: Dimensions) => width * height;
