import type { ApiVersion, ImageRequest } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';

const DECIMALS = 10;

/** The canonical form of a request (Image API 3.0, 4.8, and 2.1.1, 4.7), behind the image's base address. */
export function canonicalPath(
  { rotation, quality, format }: ImageRequest,
  { region, size, upscaled, maximum }: ResolvedRequest,
  image: Dimensions,
  grey: boolean,
  version: ApiVersion = 3,
): string {
  const whole = region.x === 0 && region.y === 0 && region.width === image.width && region.height === image.height;
  const regionText = whole ? 'full' : `${region.x},${region.y},${region.width},${region.height}`;
  const sizeText = version === 3 ? (maximum ?? sizeOf3(size, upscaled)) : sizeOf2(region, size);
  const turn = `${rotation.mirrored ? '!' : ''}${plainNumber(rotation.degrees)}`;
  const qualityText = quality === (grey ? 'gray' : 'color') ? 'default' : quality;
  return `${regionText}/${sizeText}/${turn}/${qualityText}.${format}`;
}

const isNatural = (region: Dimensions, size: Dimensions) => size.width === region.width && size.height === region.height;

const sizeOf3 = ({ width, height }: Dimensions, upscaled: boolean): string => `${upscaled ? '^' : ''}${width},${height}`;

/** 4.7, "Floating Point Values": decimals without an exponent, and none that say nothing. */
const plainNumber = (value: number): string => value.toFixed(DECIMALS).replace(/\.?0+$/, '');

/** 2.1.1, 4.7: "full" for the default, "w," where the aspect ratio is kept, "w,h" otherwise. */
function sizeOf2(region: Rectangle, { width, height }: Dimensions): string {
  if (isNatural(region, { width, height })) return 'full';
  const kept = Math.max(1, Math.round((region.height * width) / region.width)) === height;
  return kept ? `${width},` : `${width},${height}`;
}
