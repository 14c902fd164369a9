import { Problem } from '@vitrine/platform/problem.ts';
import type { Format, Rotation } from './image-request.ts';
import type { Dimensions } from './resolve-request.ts';

/** The longest side that a format, or what writes it, can have, in pixels. */
const LONGEST: Readonly<Record<Format, number>> = {
  jpg: 65_500,
  png: 1_000_000,
  webp: 16_383,
  avif: 16_384,
  tif: 1_000_000,
  gif: 65_535,
  jp2: 65_535,
  // PDF 2.0, annex C: 14,400 units, here one a pixel.
  pdf: 14_400,
};

/** @throws Problem `image-size-exceeds-limit` where a format has no room for a picture, turned as it will be */
export function demandFormatSize(format: Format, { degrees }: Rotation, { width, height }: Dimensions): void {
  const angle = (degrees * Math.PI) / 180;
  const [sine, cosine] = [Math.abs(Math.sin(angle)), Math.abs(Math.cos(angle))];
  const longest = Math.ceil(Math.max(width * cosine + height * sine, width * sine + height * cosine) - 1e-6);
  if (longest > LONGEST[format])
    throw new Problem('image-size-exceeds-limit', {
      detail: `${longest} pixels is more than the ${LONGEST[format]} that ${format} has room for`,
    });
}
