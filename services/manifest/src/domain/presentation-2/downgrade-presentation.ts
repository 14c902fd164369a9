import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { downgradeImage } from './downgrade-image.ts';
import { downgradeRanges } from './downgrade-ranges.ts';
import { languageValuesOf, pairsOf } from './language-values.ts';
import type { Loss } from './losses.ts';
import { startOf } from './start-of.ts';

const SEARCH_1 = 'http://iiif.io/api/search/1/context.json';
export const PRESENTATION_2 = 'http://iiif.io/api/presentation/2/context.json';

/** Raised when the same manifest would be written otherwise: clients must not take what they have for it. */
export const DOWNGRADE_VERSION = 1;

/** 2.1, 4.2: values of `viewingHint`, by the classes that may have them. */
const HINTS: Readonly<Record<string, readonly string[]>> = {
  'sc:Manifest': ['individuals', 'paged', 'continuous'],
  'sc:Canvas': ['non-paged', 'facing-pages'],
  'sc:Collection': ['multi-part'],
};

export type Downgraded = {
  /** Undefined where 2.1 can't show anything of it. */
  readonly document: JsonNode | undefined;
  readonly losses: readonly Loss[];
};

/** A manifest of Presentation 3.0 as 2.1: what that can say of it, and what it can't. */
export function downgradeManifest(manifest: JsonNode, publicUrl: string): Downgraded {
  const lost = new Set<Loss>();
  const lose = (loss: Loss) => lost.add(loss);
  const image = downgradeImage(publicUrl);
  const describe = (node: JsonNode, type: string) => ({
    '@id': oldAddress(String(node['id']), publicUrl),
    '@type': type,
    ...described(node, type, lose, image.thumbnail, publicUrl),
  });

  /** 2.1, 5.3: a canvas must have a label. */
  function numbered(node: JsonNode, place: number): JsonNode {
    if (node['label'] !== undefined) return node;
    lose('labels');
    return { ...node, label: { none: [String(place + 1)] } };
  }

  function canvas(node: JsonNode, place: number): JsonNode[] {
    if (node['width'] === undefined || node['height'] === undefined) {
      lose('media');
      return [];
    }
    if (node['duration'] !== undefined) lose('media');
    const annotations = nodes(node['items']).flatMap((page) => nodes(page['items']));
    if (annotations.length === 0) lose('empty');
    const images = annotations.flatMap((annotation): JsonNode[] => {
      const body = image.body(annotation['body']);
      const on = targetOf(annotation['target']);
      if (!body || on === undefined) {
        const [first] = nodes(annotation['body']);
        lose(
          /Sound|Video/.test(String(first?.['type'])) || nodes(first?.['items']).some(({ type }) => type === 'Sound' || type === 'Video')
            ? 'media'
            : 'composite',
        );
        return [];
      }
      return [{ '@id': annotation['id'], '@type': 'oa:Annotation', motivation: 'sc:painting', resource: body, on }];
    });
    if (annotations.length > 0 && images.length === 0 && node['duration'] !== undefined) return [];
    return [{ ...describe(numbered(node, place), 'sc:Canvas'), width: node['width'], height: node['height'], images }];
  }

  const canvases = nodes(manifest['items']).flatMap(canvas);
  const labels = new Map(canvases.map((one) => [one['@id'], one['label']]));
  const start = startOf(manifest['start'], lose);
  const structures = downgradeRanges(manifest['structures'], (id) => labels.get(id.replace(/#.*$/, '')), lose);
  const { viewingDirection } = manifest;
  const document = {
    '@context': PRESENTATION_2,
    ...describe(manifest, 'sc:Manifest'),
    ...(viewingDirection === undefined ? {} : { viewingDirection }),
    sequences: [
      {
        '@id': `${oldAddress(String(manifest['id']), publicUrl)}/sequence/normal`,
        '@type': 'sc:Sequence',
        ...(start !== undefined && labels.has(start) ? { startCanvas: start } : {}),
        canvases,
      },
    ],
    ...(structures.length > 0 ? { structures } : {}),
  };
  return { document: canvases.length === 0 ? undefined : document, losses: [...lost].toSorted() };
}

/** Whether 2.1 can show anything of a manifest: a canvas of a size that no time passes on says so by itself. */
export function isInPresentation2(manifest: JsonNode, publicUrl: string): boolean {
  const isStill = ({ width, height, duration }: JsonNode) => width !== undefined && height !== undefined && duration === undefined;
  return nodes(manifest['items']).some(isStill) || downgradeManifest(manifest, publicUrl).document !== undefined;
}

/** Of our own addresses those of the other version; anything else is left as it is. */
export function oldAddress(address: string, publicUrl: string): string {
  const ours = `${publicUrl}/iiif/presentation/3/`;
  return address.startsWith(ours) ? `${publicUrl}/iiif/presentation/2/${address.slice(ours.length)}` : address;
}

/** What 2.1 may say of any resource (3: resource properties). */
function described(
  node: JsonNode,
  type: string,
  lose: (loss: Loss) => void,
  thumbnailOf: (value: unknown) => JsonNode | undefined,
  publicUrl: string,
): JsonNode {
  const description = languageValuesOf(node['summary']);
  const [statement] = nodes(node['requiredStatement']);
  const attribution = languageValuesOf(statement?.['value']);
  if (statement && JSON.stringify(statement['label']) !== '{"en":["Attribution"]}') lose('statement');
  const metadata = pairsOf(node['metadata']);
  const thumbnail = thumbnailOf(node['thumbnail']);
  const logo = thumbnailOf(nodes(node['provider']).flatMap(({ logo: image }) => nodes(image)));
  if (node['provider'] !== undefined) lose('provider');
  if (node['placeholderCanvas'] !== undefined || node['accompanyingCanvas'] !== undefined) lose('placeholder');
  if (node['navPlace'] !== undefined) lose('place');
  if (node['annotations'] !== undefined) lose('annotations');
  const services = nodes(node['service']);
  const search = services
    .filter(isSearch1)
    .map((service) => ({ '@context': SEARCH_1, '@id': service['@id'], profile: service['profile'], ...completing(service) }));
  if (services.length > search.length || node['services'] !== undefined) lose('services');
  const behaviors = texts(node['behavior']);
  const hint = behaviors.find((behavior) => HINTS[type]?.includes(behavior));
  if (behaviors.length > (hint === undefined ? 0 : 1)) lose('behavior');
  const navDate = text(node['navDate']);
  const related = links(node['homepage'], lose);
  const seeAlso = links(node['seeAlso'], lose);
  const rendering = links(node['rendering'], lose);
  if (nodes(node['partOf']).some(({ label }) => label !== undefined)) lose('wholes');
  const within = nodes(node['partOf']).flatMap(({ id }) => (typeof id === 'string' ? [oldAddress(id, publicUrl)] : []));
  const { rights } = node;
  return {
    // 2.1, 3.1: manifests, canvases and collections must have a label.
    label: languageValuesOf(node['label']) ?? '',
    ...(metadata.length > 0 ? { metadata } : {}),
    ...(description === undefined ? {} : { description }),
    ...(attribution === undefined ? {} : { attribution }),
    ...(rights === undefined ? {} : { license: rights }),
    ...(logo ? { logo } : {}),
    ...(thumbnail ? { thumbnail } : {}),
    // 2.1, 3.1: "the value must be … in UTC".
    ...(navDate === undefined || Number.isNaN(Date.parse(navDate))
      ? {}
      : { navDate: new Date(navDate).toISOString().replace('.000Z', 'Z') }),
    ...(related.length > 0 ? { related: one(related) } : {}),
    ...(seeAlso.length > 0 ? { seeAlso: one(seeAlso) } : {}),
    ...(rendering.length > 0 ? { rendering: one(rendering) } : {}),
    ...(within.length > 0 ? { within: one(within) } : {}),
    ...(search.length > 0 ? { service: one(search) } : {}),
    ...(hint === undefined ? {} : { viewingHint: hint }),
  };
}

const isCompletion1 = (service: JsonNode): boolean => service['@type'] === 'AutoCompleteService1';

/** One that is within conditions of access is not ours to say. */
const isSearch1 = (service: JsonNode): boolean => service['@type'] === 'SearchService1' && nodes(service['service']).every(isCompletion1);

/** Content Search 1.0, 4.1. */
function completing(service: JsonNode): JsonNode {
  const [completion] = nodes(service['service']);
  return completion ? { service: { '@id': completion['@id'], profile: completion['profile'] } } : {};
}

const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 && list[0] !== undefined ? list[0] : list);

function links(value: unknown, lose: (loss: Loss) => void): readonly JsonNode[] {
  return nodes(value).map(({ id, label, format, profile, language }) => {
    if (language !== undefined) lose('languages');
    const name = languageValuesOf(label);
    return {
      '@id': id,
      ...(name === undefined ? {} : { label: name }),
      ...(format === undefined ? {} : { format }),
      ...(profile === undefined ? {} : { profile }),
    };
  });
}

/** Where something is painted: a canvas, or a region of it. */
function targetOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (!isNode(target)) return undefined;
  const source = isNode(target['source']) ? text(target['source']['id']) : text(target['source'] ?? target['id']);
  const [selector] = nodes(target['selector']);
  if (!selector) return source;
  return source !== undefined && selector['type'] === 'FragmentSelector' ? `${source}#${String(selector['value'])}` : undefined;
}
