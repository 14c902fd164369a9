import type { ImageFacts } from '../stores.ts';
import { addresses } from './addresses.ts';
import { fitWithin } from './fit-within.ts';

type Size = { readonly width: number; readonly height: number };

export const BODY_EDGE = 1200;
export const THUMBNAIL_EDGE = 250;

/** An image in a size that every client can take whole, and the service for those that zoom. */
export function paintedImage(publicUrl: string, image: string, facts: ImageFacts, edge: number) {
  const { width, height } = fitWithin(facts, edge);
  if (facts.service) return foreignImage(facts.service, facts, { width, height });
  const service = addresses(publicUrl).imageService(image, facts.version ?? '');
  return {
    id: `${service}/full/${width},${height}/0/default.jpg`,
    type: 'Image' as const,
    format: 'image/jpeg',
    width,
    height,
    // Mirador looks for `sizes` here to choose a thumbnail.
    service: [
      {
        id: service,
        type: 'ImageService3',
        profile: 'level2',
        sizes: facts.levels.map(({ width: w, height: h }) => ({ width: w, height: h })),
      },
    ],
  };
}

/** Somebody else's service: one of level 0 has what it lists, and the whole image; Image API 1 calls its quality otherwise. */
function foreignImage({ id, type, profile }: NonNullable<ImageFacts['service']>, whole: Size, { width, height }: Size) {
  const service =
    type === 'ImageService3'
      ? { id, type, profile: profile ?? 'level1' }
      : {
          '@id': id,
          '@type': type === 'ImageService1' ? type : 'ImageService2',
          profile: profile ?? 'http://iiif.io/api/image/2/level1.json',
        };
  const quality = type === 'ImageService1' ? 'native' : 'default';
  const isLevel0 = /level0/.test(profile ?? '');
  const size = isLevel0 ? (type === 'ImageService3' ? 'max' : 'full') : `${width},`;
  return {
    id: `${id}/full/${size}/0/${quality}.jpg`,
    type: 'Image' as const,
    format: 'image/jpeg',
    ...(isLevel0 ? { width: whole.width, height: whole.height } : { width, height }),
    service: [service],
  };
}
