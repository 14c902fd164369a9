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
/** Of what is turned: with transparency, mirrored and turned one after the other. */
const TURNED_BYTES = 14;
/** What slow encoders hold of a picture beside it. */
const ENCODER_BYTES = 8;
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
  const made = area(turned(size, rotation.degrees));
  const pixels = decoded + made;
  const upright = rotation.degrees === 0 && !rotation.mirrored;
  const encoding = SLOW.includes(format) ? made * ENCODER_BYTES : 0;
  const whole = decoded * DECODED_BYTES + made * (upright ? MADE_BYTES : TURNED_BYTES) + encoding;
  if (elsewhere) return { pixels: area(elsewhere) + made, bytes: whole, lane: 'large', streams: false };
  const lane = pixels <= (SLOW.includes(format) ? SLOW_PIXELS : TILE_PIXELS) ? 'tile' : 'large';
  const streams = lane === 'large' && STREAMED.includes(format) && upright;
  return { pixels, bytes: streams ? decoded * STORED_BYTES + made * ENCODED_BYTES : whole, lane, streams };
}

/** The canvas that a turned picture needs. */
function turned({ width, height }: Dimensions, degrees: number): Dimensions {
  const [sine, cosine] = [Math.abs(Math.sin((degrees * Math.PI) / 180)), Math.abs(Math.cos((degrees * Math.PI) / 180))];
  return { width: width * cosine + height * sine, height: width * sine + height * cosine };
}

const area = ({ width, height }: Dimensions) => width * height;
