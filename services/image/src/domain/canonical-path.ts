import type { ApiVersion, ImageRequest } from './image-request.ts';
import type { Dimensions, Rectangle, ResolvedRequest } from './resolve-request.ts';

/** The canonical form of a request (Image API 3.0, 4.8, and 2.1.1, 4.7), behind the image's base address. */
export function canonicalPath(
  { rotation, quality, format }: ImageRequest,
  { region, size, upscaled }: ResolvedRequest,
  image: Dimensions,
  grey: boolean,
  version: ApiVersion = 3,
): string {
  const whole = region.x === 0 && region.y === 0 && region.width === image.width && region.height === image.height;
  const regionText = whole ? 'full' : `${region.x},${region.y},${region.width},${region.height}`;
  const sizeText = version === 3 ? sizeOf3(region, size, upscaled) : sizeOf2(region, size);
  const turn = `${rotation.mirrored ? '!' : ''}${rotation.degrees}`;
  const qualityText = quality === (grey ? 'gray' : 'color') ? 'default' : quality;
  return `${regionText}/${sizeText}/${turn}/${qualityText}.${format}`;
}

const isNatural = (region: Dimensions, size: Dimensions) => size.width === region.width && size.height === region.height;

function sizeOf3(region: Rectangle, size: Dimensions, upscaled: boolean): string {
  return isNatural(region, size) ? 'max' : `${upscaled ? '^' : ''}${size.width},${size.height}`;
}

/** 2.1.1, 4.7: "full" for the default, "w," where the aspect ratio is kept, "w,h" otherwise. */
function sizeOf2(region: Rectangle, { width, height }: Dimensions): string {
  if (isNatural(region, { width, height })) return 'full';
  const kept = Math.max(1, Math.round((region.height * width) / region.width)) === height;
  return kept ? `${width},` : `${width},${height}`;
}
