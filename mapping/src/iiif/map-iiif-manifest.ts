import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import { type JsonNode, nodes, text, texts } from '../json-node.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { asPresentation3 } from './as-presentation-3.ts';
import { type PaintedImage, paintedImages, serviceAddress } from './painted-images.ts';
import { isPresentation2 } from './upgrade/upgrade-presentation.ts';
import { isImageService } from './upgrade/upgrade-service.ts';

export const IIIF_MANIFEST = 'iiif-manifest';
export const IIIF_MANIFEST_VERSION = 1;

/** What holds the words of a page, with their places. */
const WORDS = /alto|hocr/i;

export const isIiifManifest = (record: JsonNode): boolean => {
  const type = text(record['type']) ?? text(record['@type']);
  return (
    /^(sc:)?Manifest$/.test(type ?? '') &&
    (isPresentation2(record) || /iiif\.io\/api\/presentation\/3/.test(texts(record['@context']).join(' ')))
  );
};

/**
 * A IIIF manifest of Presentation 2 or 3 as a museum object: what is said of it, and the images that it paints. How they are painted stays in the manifest, which is re-published.
 *
 * @throws Problem `record-invalid` when it has no label or no id
 */
export function mapIiifManifest(record: JsonNode): MappedObject {
  const manifest = asPresentation3(record);
  const id = text(manifest['id']);
  if (id === undefined) throw new Problem('record-invalid', { detail: 'the manifest has no id' });
  const label = languageMap(manifest['label']);
  if (!label) throw new Problem('record-invalid', { detail: 'the manifest has no label' });
  const summary = languageMap(manifest['summary']);
  const [required] = pairs(nodes(manifest['requiredStatement']));
  const rights = text(manifest['rights']);
  const navDate = text(manifest['navDate']);
  const viewingDirection = text(manifest['viewingDirection']);
  const behavior = texts(manifest['behavior']);
  return {
    ...NOTHING_SAID,
    label,
    metadata: pairs(nodes(manifest['metadata'])),
    ...(summary ? { summary } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(required ? { requiredStatement: required } : {}),
    provider: nodes(manifest['provider']).flatMap((agent) => {
      const [agentId, name] = [text(agent['id']), languageMap(agent['label'])];
      return agentId === undefined || !name
        ? []
        : [{ id: agentId, label: name, homepage: links(agent['homepage']), logo: links(agent['logo']) }];
    }),
    homepage: links(manifest['homepage']),
    seeAlso: links(manifest['seeAlso']),
    rendering: links(manifest['rendering']),
    ...(navDate === undefined || Number.isNaN(Date.parse(navDate)) ? {} : { date: { begin: navDate } }),
    collections: nodes(manifest['partOf']).flatMap((whole) => {
      const [wholeId, name] = [text(whole['id']), languageMap(whole['label'])];
      return wholeId === undefined || whole['type'] !== 'Collection' ? [] : [{ id: wholeId, ...(name ? { label: name } : {}) }];
    }),
    annotations: nodes(manifest['annotations']).flatMap((page) => text(page['id']) ?? []),
    ...(behavior.length > 0 ? { behavior: [...behavior] } : {}),
    ...(viewingDirection === undefined ? {} : { viewingDirection }),
    images: distinct(paintedImages(manifest)).map(imageOf),
  };
}

/** An image that is painted twice is one image. */
function distinct(images: readonly PaintedImage[]): readonly PaintedImage[] {
  const first = new Map<string, PaintedImage>();
  for (const image of images) if (!first.has(image.sourceId)) first.set(image.sourceId, image);
  return [...first.values()];
}

function imageOf({ sourceId, body, canvas }: PaintedImage): MappedImage {
  const [service] = nodes(body['service']).filter(isImageService);
  const serviceId = service && serviceAddress(service);
  const address = text(body['id']);
  const format = text(body['format']);
  const profile = text(service?.['profile']);
  const label = languageMap(body['label']) ?? languageMap(canvas['label']);
  const canvasId = text(canvas['id']);
  const [width, height] = [pixels(body['width']), pixels(body['height'])];
  return {
    sourceId,
    ...(service && serviceId !== undefined
      ? { service: { id: serviceId, type: String(service['type'] ?? service['@type']), ...(profile === undefined ? {} : { profile }) } }
      : address === undefined
        ? {}
        : { master: { address, ...(format === undefined ? {} : { format }) } }),
    ...(label ? { label } : {}),
    ...(width === undefined || height === undefined ? {} : { width, height }),
    ...(canvasId === undefined ? {} : { canvas: canvasId }),
    text: wordsOf(canvas),
    annotations: nodes(canvas['annotations']).flatMap((page) => text(page['id']) ?? []),
  };
}

/** The words of a canvas, where its manifest links to them. */
function wordsOf(canvas: JsonNode): MappedImage['text'] {
  return [...nodes(canvas['seeAlso']), ...nodes(canvas['rendering'])]
    .filter((link) => WORDS.test(`${text(link['profile']) ?? ''} ${text(link['format']) ?? ''}`))
    .flatMap((link) => {
      const [address, format] = [text(link['id']), text(link['format'])];
      return address === undefined ? [] : [{ address, ...(format === undefined ? {} : { format }) }];
    })
    .slice(0, 1);
}

const pixels = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : undefined;

const languageMap = (value: unknown): LanguageMap | undefined => (value !== undefined && Check(LanguageMap, value) ? value : undefined);

const pairs = (list: readonly JsonNode[]): MappedObject['metadata'] =>
  list.flatMap((pair) => {
    const [label, value] = [languageMap(pair['label']), languageMap(pair['value'])];
    return label && value ? [{ label, value }] : [];
  });

function links(value: unknown): MappedObject['homepage'] {
  return nodes(value).flatMap((link) => {
    const [id, type, format, profile] = [text(link['id']), text(link['type']), text(link['format']), text(link['profile'])];
    const label = languageMap(link['label']);
    const language = texts(link['language']);
    if (id === undefined) return [];
    return [
      {
        id,
        ...(label ? { label } : {}),
        ...(type === undefined ? {} : { type }),
        ...(format === undefined ? {} : { format }),
        ...(profile === undefined ? {} : { profile }),
        ...(language.length > 0 ? { language: [...language] } : {}),
      },
    ];
  });
}
