import type { ImageFacts } from '../stores.ts';
import { addresses } from './addresses.ts';
import { fitWithin } from './fit-within.ts';

export const BODY_EDGE = 1200;
export const THUMBNAIL_EDGE = 250;

/** An image in a size that every client can take whole, and the service for those that zoom. */
export function paintedImage(publicUrl: string, image: string, facts: ImageFacts, edge: number) {
  const { width, height } = fitWithin(facts, edge);
  if (facts.service) return foreignImage(facts.service, { width, height });
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

function foreignImage({ id, type, profile }: NonNullable<ImageFacts['service']>, { width, height }: { width: number; height: number }) {
  const service =
    type === 'ImageService3'
      ? { id, type, profile: profile ?? 'level1' }
      : {
          '@id': id,
          '@type': type === 'ImageService1' ? type : 'ImageService2',
          profile: profile ?? 'http://iiif.io/api/image/2/level1.json',
        };
  return { id: `${id}/full/${width},/0/default.jpg`, type: 'Image' as const, format: 'image/jpeg', width, height, service: [service] };
}
