import type { Derivative } from '../stores.ts';

export const IMAGE_3 = 'http://iiif.io/api/image/3/context.json';
export const LEVEL_2 = 'http://iiif.io/api/image/3/level2.json';

/** `info.json` (Image API 3.0, 5): what the file really holds, and only what the server really does. */
export function imageInfo(id: string, { width, height, tile, levels }: Derivative, maxArea: number) {
  const scaleFactors = levels.map((_, level) => 2 ** level);
  return {
    '@context': IMAGE_3,
    id,
    type: 'ImageService3' as const,
    protocol: 'http://iiif.io/api/image' as const,
    profile: 'level2' as const,
    width,
    height,
    // 5.7: a server that offers sizeUpscaling must state its limit.
    maxArea,
    // 5.3: everything in `sizes` must lie within the limits; smallest first, as viewers expect.
    sizes: levels
      .filter((level) => level.width * level.height <= maxArea)
      .map((level) => ({ width: level.width, height: level.height }))
      .reverse(),
    tiles: [{ width: tile.width, height: tile.height, scaleFactors }],
    extraQualities: ['bitonal'],
    extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'sizeUpscaling'],
  };
}
