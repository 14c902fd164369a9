import type { MuseumImage } from '@vitrine/contracts/museum-object.ts';
import { sourceIdOf } from '@vitrine/mapping/iiif/painted-images.ts';
import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { addresses } from './addresses.ts';
import { buildCanvas } from './build-canvas.ts';
import { type MadeManifest, type ManifestInput, PRESENTATION_3, SEARCH_2 } from './made-manifest.ts';
import { BODY_EDGE, paintedImage, THUMBNAIL_EDGE } from './painted-image.ts';
import { partOf } from './part-of.ts';
import { planCanvases } from './plan-canvases.ts';
import { textRendering } from './renderings.ts';
import { searchServices } from './search-services.ts';

/**
 * A manifest of a source's own, published again: what is painted of our images comes from us, with a service, and what only we can say is ours (id, collections, search). Everything else is as its maker wrote it: canvases keep their
 * ids, since annotations elsewhere point to them. An image that we do not hold stays as it is.
 *
 * @param given tidy Presentation 3.0
 */
export function republishManifest({ publicUrl, object, museumObject, facts }: ManifestInput, given: JsonNode): MadeManifest {
  const at = addresses(publicUrl);
  const bySource = new Map(museumObject.images.map((image) => [image.sourceId, image]));
  const shown = museumObject.images.filter(({ id }) => isHeld(facts.get(id)?.state));

  function ours(body: JsonNode): JsonNode {
    if (body['type'] === 'Choice') return { ...body, items: nodes(body['items']).map(ours) };
    if (body['type'] === 'SpecificResource' && isNode(body['source'])) return { ...body, source: ours(body['source']) };
    const sourceId = body['type'] === 'Image' ? sourceIdOf(body) : undefined;
    const image = sourceId === undefined ? undefined : bySource.get(sourceId);
    const known = image && facts.get(image.id);
    if (!image || known?.state !== 'converted') return body;
    const { service: _, ...rest } = body;
    return { ...rest, ...paintedImage(publicUrl, image.id, known, BODY_EDGE) };
  }

  const paint = (annotation: JsonNode): JsonNode => {
    const { body } = annotation;
    if (!texts(annotation['motivation']).includes('painting')) return annotation;
    return Array.isArray(body)
      ? { ...annotation, body: nodes(body).map(ours) }
      : isNode(body)
        ? { ...annotation, body: ours(body) }
        : annotation;
  };
  const canvasOf = (canvas: JsonNode): JsonNode => ({
    ...canvas,
    items: nodes(canvas['items']).map((page) => (page['items'] === undefined ? page : { ...page, items: nodes(page['items']).map(paint) })),
  });

  // Images that another source has of the object are on no canvas of the manifest's: each gets one of ours.
  const added = planCanvases(
    publicUrl,
    object,
    museumObject.images.filter(({ canvas }) => canvas === undefined),
    facts,
  );
  const items = [...nodes(given['items']).map(canvasOf), ...added.map((plan) => buildCanvas(publicUrl, plan))];
  const searchable = shown.some((image: MuseumImage) => image.text.some(({ blob }) => blob !== undefined));
  const { '@context': context, id: original, thumbnail: itsThumbnail, ...rest } = given;
  const contexts = (Array.isArray(context) ? context : [context]).filter(
    (one: unknown) => one !== PRESENTATION_3 && one !== undefined && one !== SEARCH_2,
  );
  const whole = [...(searchable ? [SEARCH_2] : []), ...contexts];
  const [first] = shown;
  const firstFacts = first && facts.get(first.id);
  const thumbnail =
    nodes(itsThumbnail).length > 0
      ? nodes(itsThumbnail)
      : first && firstFacts
        ? [paintedImage(publicUrl, first.id, firstFacts, THUMBNAIL_EDGE)]
        : [];
  const seeAlso = [...nodes(rest['seeAlso']), ...originalLink(original)];
  const document = {
    '@context': whole.length > 0 ? [...whole, PRESENTATION_3] : PRESENTATION_3,
    id: at.manifest(object),
    ...rest,
    ...(thumbnail.length > 0 ? { thumbnail } : {}),
    ...(seeAlso.length > 0 ? { seeAlso } : {}),
    ...(searchable ? { service: [...nodes(rest['service']), ...searchServices(publicUrl, 'manifests', object)] } : {}),
    ...(searchable ? { rendering: [...nodes(rest['rendering']), textRendering(publicUrl, object)] } : {}),
    partOf: [...partOf(publicUrl, museumObject.collections), ...nodes(rest['partOf'])],
    items,
  };
  return { document, label: museumObject.label, images: shown.map(({ id }) => id), thumbnail: text(thumbnail[0]?.['id']) };
}

const isHeld = (state: string | undefined): boolean => state === 'converted' || state === 'described';

/** Where it comes from: the manifest as its maker publishes it. */
function originalLink(id: unknown): readonly JsonNode[] {
  return typeof id === 'string' && /^https?:\/\//.test(id)
    ? [{ id, type: 'Manifest', format: 'application/ld+json', label: { en: ['The manifest as its source publishes it'] } }]
    : [];
}
