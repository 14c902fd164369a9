import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { ImageFacts } from '../stores.ts';
import { addresses } from './addresses.ts';
import { buildCanvas } from './build-canvas.ts';

export const PRESENTATION_3 = 'http://iiif.io/api/presentation/3/context.json';
const SEARCH_2 = 'http://iiif.io/api/search/2/context.json';

export type ManifestInput = {
  publicUrl: string;
  object: string;
  museumObject: MuseumObject;
  /** What is known of each image by its id; an image without a picture to show has no canvas. */
  facts: ReadonlyMap<string, ImageFacts>;
};

export type Manifest = ReturnType<typeof buildManifest>;

/** A Presentation 3.0 manifest. The same input gives the same bytes: no time and no counter of ours is in it. */
export function buildManifest({ publicUrl, object, museumObject, facts }: ManifestInput) {
  const at = addresses(publicUrl);
  const shown = museumObject.images.flatMap((image, place) => {
    const known = facts.get(image.id);
    return known && (known.state === 'converted' || known.state === 'described') ? [{ image, facts: known, place }] : [];
  });
  const items = shown.map((canvas) => buildCanvas({ publicUrl, object, ...canvas }));
  const searchable = shown.some(({ image }) => image.text.some(({ blob }) => blob !== undefined));
  const [first] = items;
  const { summary, rights, requiredStatement, metadata, homepage, seeAlso, rendering, provider, date } = museumObject;
  return {
    // Presentation API 3.0, 4.6: "the Presentation API context … must be the last".
    '@context': searchable ? [SEARCH_2, PRESENTATION_3] : PRESENTATION_3,
    id: at.manifest(object),
    type: 'Manifest' as const,
    label: museumObject.label,
    ...(metadata.length > 0 ? { metadata } : {}),
    ...(summary ? { summary } : {}),
    ...(requiredStatement ? { requiredStatement } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(date?.begin === undefined ? {} : { navDate: date.begin }),
    ...(provider.length > 0 ? { provider: provider.map(agent) } : {}),
    ...(homepage.length > 0
      ? { homepage: homepage.map((link) => ({ ...link, type: link.type ?? 'Text', label: link.label ?? { none: [link.id] } })) }
      : {}),
    ...(rendering.length > 0
      ? { rendering: rendering.map((link) => ({ ...link, type: link.type ?? 'Text', label: link.label ?? { none: [link.id] } })) }
      : {}),
    ...(seeAlso.length > 0 ? { seeAlso: seeAlso.map((link) => ({ ...link, type: link.type ?? 'Dataset' })) } : {}),
    ...(first ? { thumbnail: first.thumbnail } : {}),
    ...(searchable ? { service: [{ id: at.search(object), type: 'SearchService2' as const }] } : {}),
    partOf: [{ id: at.collection('root'), type: 'Collection' as const }],
    items,
  };
}

function agent({ id, label, homepage, logo }: MuseumObject['provider'][number]) {
  return {
    id,
    type: 'Agent' as const,
    label,
    ...(homepage.length > 0
      ? { homepage: homepage.map((link) => ({ ...link, type: link.type ?? 'Text', label: link.label ?? label })) }
      : {}),
    ...(logo.length > 0
      ? { logo: logo.map((link) => ({ id: link.id, type: 'Image', ...(link.format === undefined ? {} : { format: link.format }) })) }
      : {}),
  };
}
