import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import type { MuseumImage } from '@vitrine/contracts/museum-object.ts';
import type { ImageFacts } from '../stores.ts';
import { addresses } from './addresses.ts';
import { fitWithin } from './fit-within.ts';

const BODY_EDGE = 1200;
const THUMBNAIL_EDGE = 250;

export type CanvasInput = { publicUrl: string; object: string; image: MuseumImage; facts: ImageFacts; place: number };

/** One canvas with one painted image (Presentation API 3.0, 5.3 and 5.6), its ids independent of order and pixels. */
export function buildCanvas({ publicUrl, object, image, facts, place }: CanvasInput) {
  const id = canvasId(publicUrl, object, image.id);
  const body = paintedImage(publicUrl, image.id, facts, BODY_EDGE);
  const seeAlso = image.text.map(({ address, format }) => ({
    id: address,
    type: 'Dataset',
    ...(format === undefined ? {} : { format }),
  }));
  return {
    id,
    type: 'Canvas' as const,
    label: image.label ?? { none: [String(place + 1)] },
    width: facts.width,
    height: facts.height,
    thumbnail: [paintedImage(publicUrl, image.id, facts, THUMBNAIL_EDGE)],
    ...(seeAlso.length > 0 ? { seeAlso } : {}),
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage' as const,
        items: [{ id: `${id}/page/painting`, type: 'Annotation' as const, motivation: 'painting' as const, body, target: id }],
      },
    ],
  };
}

/** The image in a size that every client can take whole, and the service for those that zoom. */
function paintedImage(publicUrl: string, image: string, facts: ImageFacts, edge: number) {
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
      : { '@id': id, '@type': 'ImageService2', profile: profile ?? 'http://iiif.io/api/image/2/level1.json' };
  return { id: `${id}/full/${width},/0/default.jpg`, type: 'Image' as const, format: 'image/jpeg', width, height, service: [service] };
}
