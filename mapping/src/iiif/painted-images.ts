import { type JsonNode, nodes, text, texts } from '../json-node.ts';
import { isImageService } from './upgrade/upgrade-service.ts';

/** An image that a manifest paints, and the canvas on which. */
export type PaintedImage = {
  /** Of the image service where there is one, else of the image: it is the image's identity in its source. */
  readonly sourceId: string;
  readonly body: JsonNode;
  readonly canvas: JsonNode;
};

/** What one body paints: an image itself, those of a choice, or the source of a specific resource (Presentation API 3.0, 5.6 and 5.7). */
function imagesInBody(body: unknown): readonly JsonNode[] {
  return nodes(body).flatMap((resource): readonly JsonNode[] => {
    if (resource['type'] === 'Choice') return imagesInBody(resource['items']);
    if (resource['type'] === 'SpecificResource') return imagesInBody(resource['source']);
    return resource['type'] === 'Image' && text(resource['id']) !== undefined ? [resource] : [];
  });
}

export function sourceIdOf(body: JsonNode): string | undefined {
  const [service] = nodes(body['service']).filter(isImageService);
  return (service && serviceAddress(service)) ?? text(body['id']);
}

export function serviceAddress(service: JsonNode): string | undefined {
  const [id] = [...texts(service['id']), ...texts(service['@id'])];
  return id?.replace(/\/$/, '');
}

/** Every image that the canvases of a tidy manifest paint, in order. */
export function paintedImages(manifest: JsonNode): readonly PaintedImage[] {
  return nodes(manifest['items']).flatMap((canvas) =>
    nodes(canvas['items'])
      .flatMap((page) => nodes(page['items']))
      .filter(({ motivation }) => texts(motivation).includes('painting'))
      .flatMap(({ body }) => imagesInBody(body))
      .flatMap((body) => {
        const sourceId = sourceIdOf(body);
        return sourceId === undefined ? [] : [{ sourceId, body, canvas }];
      }),
  );
}
