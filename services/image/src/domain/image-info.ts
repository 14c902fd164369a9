import { scaleFactor } from '@vitrine/pyramid/pyramid-level.ts';
import type { Derivative } from '../stores.ts';
import { type ApiVersion, formats } from './image-request.ts';
import { type Limits, limitBroken } from './limits.ts';

export const IMAGE_CONTEXT: Readonly<Record<ApiVersion, string>> = {
  2: 'http://iiif.io/api/image/2/context.json',
  3: 'http://iiif.io/api/image/3/context.json',
};
export const LEVEL_2: Readonly<Record<ApiVersion, string>> = {
  2: 'http://iiif.io/api/image/2/level2.json',
  3: 'http://iiif.io/api/image/3/level2.json',
};
const PROTOCOL = 'http://iiif.io/api/image';

/** What `info.json` says: what the file really holds, and only what the server really does. */
export type InfoFacts = { readonly derivative: Derivative; readonly limits: Limits };

/** Image API 3.0, 5. */
export function imageInfo3(id: string, { derivative, limits }: InfoFacts) {
  return {
    '@context': IMAGE_CONTEXT[3],
    id,
    type: 'ImageService3' as const,
    protocol: PROTOCOL,
    profile: 'level2' as const,
    width: derivative.width,
    height: derivative.height,
    // 5.7: a server that offers sizeUpscaling must state its limit.
    ...limits,
    sizes: sizesWithin(derivative, limits),
    tiles: tilesOf(derivative),
    ...(derivative.rights === undefined ? {} : { rights: derivative.rights }),
    preferredFormats: ['jpg'],
    extraFormats: formats.filter((format) => format !== 'jpg' && format !== 'png'),
    extraQualities: ['bitonal'],
    extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
    ...physicalScale(derivative, 3),
  };
}

/** Image API 2.1.1, 5. */
export function imageInfo2(id: string, { derivative, limits }: InfoFacts) {
  return {
    '@context': IMAGE_CONTEXT[2],
    '@id': id,
    '@type': 'iiif:Image' as const,
    protocol: PROTOCOL,
    width: derivative.width,
    height: derivative.height,
    sizes: sizesWithin(derivative, limits),
    tiles: tilesOf(derivative),
    profile: [
      LEVEL_2[2],
      {
        ...limits,
        formats,
        qualities: ['default', 'color', 'gray', 'bitonal'],
        supports: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'regionSquare', 'rotationArbitrary', 'sizeAboveFull'],
      },
    ],
    ...(derivative.rights === undefined ? {} : { license: derivative.rights }),
    ...physicalScale(derivative, 2),
  };
}

/** 5.3: everything in `sizes` must lie within the limits; smallest first, as viewers expect. */
function sizesWithin({ levels }: Derivative, limits: Limits) {
  return levels
    .filter((level) => limitBroken(level, limits) === undefined)
    .map(({ width, height }) => ({ width, height }))
    .reverse();
}

/** 5.4: the tiles of the file, by its own levels. */
function tilesOf({ width, height, tile, levels, format }: Derivative) {
  // Each size of JPEG 2000 is half of the one before, however it is rounded.
  const factor = (level: Derivative['levels'][number], n: number) => (format === 'jp2' ? 2 ** n : scaleFactor(level, { width, height }));
  return [{ width: tile.width, height: tile.height, scaleFactors: levels.map(factor) }];
}

/** The Physical Dimensions service (https://iiif.io/api/annex/services/#physical-dimensions): centimetres that a pixel takes. */
function physicalScale({ pixelsPerCentimetre }: Derivative, version: ApiVersion) {
  if (pixelsPerCentimetre === undefined) return {};
  const service = {
    '@context': 'http://iiif.io/api/annex/services/physdim/1/context.json',
    profile: 'http://iiif.io/api/annex/services/physdim',
    physicalScale: Number((1 / pixelsPerCentimetre).toPrecision(6)),
    physicalUnits: 'cm',
  };
  return { service: version === 3 ? [service] : service };
}
