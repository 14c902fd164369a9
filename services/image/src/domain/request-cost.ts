import type { Format } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';

export type RequestCost = {
  /** Memory that the answer takes while it is made, by estimate. */
  readonly bytes: number;
  /** `tile`: about what a viewer asks for at a time; `large`: everything that holds up others. */
  readonly lane: 'tile' | 'large';
};

/** Up to so many pixels, decoded and made, a request is one of many that a viewer asks for. */
const TILE_PIXELS = 2_500_000;
/** Bytes a pixel: decoded, then scaled or turned beside it, then encoded. */
const DECODED_BYTES = 4;
const MADE_BYTES = 8;
/** These take ten times a JPEG's time and more. */
const SLOW: readonly Format[] = ['avif', 'jp2', 'gif', 'webp', 'pdf'];
const SLOW_PIXELS = 300_000;

/** What a request takes, before anything is read or decoded for it. */
export function requestCost(format: Format, rectangle: Rectangle, { size }: ResolvedRequest): RequestCost {
  const decoded = area(rectangle);
  const made = area(size);
  const most = SLOW.includes(format) ? SLOW_PIXELS : TILE_PIXELS;
  return { bytes: decoded * DECODED_BYTES + made * MADE_BYTES, lane: decoded + made <= most ? 'tile' : 'large' };
}

const area = ({ width, height }: Dimensions) => width * height;
