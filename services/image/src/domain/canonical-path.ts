import type { ImageRequest } from './image-request.ts';
import type { Dimensions, ResolvedRequest } from './resolve-request.ts';

/** The canonical form of a request (Image API 3.0, 4.8), behind the image's base address. */
export function canonicalPath(
  { rotation, quality, format }: ImageRequest,
  { region, size, upscaled }: ResolvedRequest,
  image: Dimensions,
  grey: boolean,
): string {
  const whole = region.x === 0 && region.y === 0 && region.width === image.width && region.height === image.height;
  const regionText = whole ? 'full' : `${region.x},${region.y},${region.width},${region.height}`;
  const natural = size.width === region.width && size.height === region.height;
  const sizeText = natural ? 'max' : `${upscaled ? '^' : ''}${size.width},${size.height}`;
  const turn = `${rotation.mirrored ? '!' : ''}${rotation.degrees}`;
  const qualityText = quality === (grey ? 'gray' : 'color') ? 'default' : quality;
  return `${regionText}/${sizeText}/${turn}/${qualityText}.${format}`;
}
