import type { CanvasRegion } from '@vitrine/contracts/custom-collection.ts';
import { serviceAddress } from '@vitrine/mapping/iiif/painted-images.ts';
import { isImageService } from '@vitrine/mapping/iiif/upgrade/upgrade-service.ts';
import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { fitWithin } from '../fit-within.ts';

const BODY_EDGE = 2000;
const THUMBNAIL_EDGE = 250;

/** In pixels of the canvas; not whole ones where fragments are not. */
type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/**
 * A region of a canvas as a canvas of its own: what is painted there, cut by the image services. Viewers that load a service show all of its image, whatever a selector says, so a cut is an image without one. Undefined where
 * nothing that a service could cut lies in the region.
 */
export function canvasRegion(canvas: JsonNode, region: CanvasRegion, id: string): JsonNode | undefined {
  const whole = { x: 0, y: 0, width: Number(canvas['width']), height: Number(canvas['height']) };
  const annotations = nodes(canvas['items'])
    .flatMap((page) => nodes(page['items']))
    .flatMap((annotation) => {
      const painted = placeOf(annotation['target']) ?? whole;
      const shared = intersection(painted, region);
      if (!shared) return [];
      const part = { x: shared.x - painted.x, y: shared.y - painted.y, width: shared.width, height: shared.height };
      const cut = (edge: number) => cutBody(annotation['body'], { painted, part, canvas: whole }, edge);
      const body = cut(BODY_EDGE);
      return body ? [{ body, shared, thumbnail: cut(THUMBNAIL_EDGE) }] : [];
    });
  const [first] = annotations;
  if (!first) return undefined;
  const thumbnail = nodes(first.thumbnail?.['items'])[0] ?? first.thumbnail;
  return {
    ...(canvas['label'] === undefined ? {} : { label: canvas['label'] }),
    id,
    type: 'Canvas',
    width: region.width,
    height: region.height,
    ...(thumbnail ? { thumbnail: [thumbnail] } : {}),
    items: [
      {
        id: `${id}/page`,
        type: 'AnnotationPage',
        items: annotations.map(({ body, shared }, place) => ({
          id: `${id}/page/${place + 1}`,
          type: 'Annotation',
          motivation: 'painting',
          body,
          target: isWhole(shared, region)
            ? id
            : `${id}#xywh=${[shared.x - region.x, shared.y - region.y, shared.width, shared.height].map(Math.round).join(',')}`,
        })),
      },
    ],
  };
}

/** Where on its canvas a target is (Media Fragments 1.0, 4.2.2); undefined for the whole of it. */
function placeOf(target: unknown): Box | undefined {
  const fragment = isNode(target) ? nodes(target['selector']).map(({ value }) => text(value))[0] : text(target);
  const [, x, y, width, height] = /xywh=(?:pixel:)?([\d.]+),([\d.]+),([\d.]+),([\d.]+)/.exec(fragment ?? '') ?? [];
  return x === undefined ? undefined : { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
}

function intersection(a: Box, b: Box): Box | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

const isWhole = (box: Box, region: Box): boolean =>
  box.x === region.x && box.y === region.y && box.width === region.width && box.height === region.height;

type Cut = { readonly painted: Box; readonly part: Box; readonly canvas: Box };

function cutBody(body: unknown, cut: Cut, edge: number): JsonNode | undefined {
  const [resource] = nodes(body);
  if (!resource) return undefined;
  if (resource['type'] === 'Choice') {
    const items = nodes(resource['items']).flatMap((item): readonly JsonNode[] => {
      const one = cutBody(item, cut, edge);
      return one ? [one] : [];
    });
    return items.length > 1 ? { ...resource, items } : items[0];
  }
  // What a selector has cut or turned already can't be cut by an address.
  return resource['type'] === 'Image' ? cutImage(resource, cut, edge) : undefined;
}

function cutImage(image: JsonNode, { painted, part, canvas }: Cut, edge: number): JsonNode | undefined {
  const service = nodes(image['service']).find(isImageService);
  const address = service && serviceAddress(service);
  const profile = texts(service?.['profile']).join(' ');
  if (!service || address === undefined || /level0/.test(profile)) return undefined;
  const known = largest(service) ?? (isWhole(painted, canvas) && !/level2/.test(profile) ? canvas : undefined);
  const full = known ?? { width: painted.width, height: painted.height };
  const [across, down] = [full.width / painted.width, full.height / painted.height];
  const pixels = {
    x: Math.floor(part.x * across),
    y: Math.floor(part.y * down),
    width: Math.max(1, Math.round(part.width * across)),
    height: Math.max(1, Math.round(part.height * down)),
  };
  const percent = (value: number, of: number) => Number(((value / of) * 100).toFixed(4));
  const region = known
    ? [pixels.x, pixels.y, pixels.width, pixels.height].join(',')
    : `pct:${[percent(part.x, painted.width), percent(part.y, painted.height), percent(part.width, painted.width), percent(part.height, painted.height)].join(',')}`;
  const { width, height } = fitWithin(pixels, edge);
  const is3 = /ImageService3/.test(String(service['type'] ?? service['@type']));
  const quality = /ImageService1/.test(String(service['@type'])) ? 'native' : 'default';
  return {
    ...(image['label'] === undefined ? {} : { label: image['label'] }),
    id: `${address}/${region}/${is3 ? `${width},${height}` : `${width},`}/0/${quality}.jpg`,
    type: 'Image',
    format: 'image/jpeg',
    width,
    height,
  };
}

/** The size of the whole image, where its service says it. */
function largest(service: JsonNode): { readonly width: number; readonly height: number } | undefined {
  const sizes = [service, ...nodes(service['sizes'])].flatMap(({ width, height }) =>
    typeof width === 'number' && typeof height === 'number' ? [{ width, height }] : [],
  );
  return sizes.toSorted((a, b) => b.width - a.width)[0];
}
