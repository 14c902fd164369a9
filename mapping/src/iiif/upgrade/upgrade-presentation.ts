import { isNode, type JsonNode, nodes, texts } from '../../json-node.ts';
import { descriptive, others } from './descriptive.ts';
import { idOf, typeOf } from './type-of.ts';
import { upgradeAnnotation } from './upgrade-annotation.ts';
import { upgradeRanges } from './upgrade-ranges.ts';

export const PRESENTATION_3 = 'http://iiif.io/api/presentation/3/context.json';

/** Whether a document is of Presentation 2, by its context, or where it has none by how it names its class. */
export function isPresentation2(document: JsonNode): boolean {
  const contexts = texts(document['@context']).join(' ');
  if (/iiif\.io\/api\/presentation\/3/.test(contexts)) return false;
  return /iiif\.io\/api\/presentation\/2|shared-canvas\.org/.test(contexts) || /^sc:/.test(String(document['@type']));
}

/** A manifest or collection of Presentation 2.0 or 2.1 in the words of 3.0 (Presentation API 3.0, change log). What 3.0 has no words for is carried on as it is. */
export function upgradePresentation(document: JsonNode): JsonNode {
  const type = typeOf(document);
  const upgraded =
    type === 'Collection' ? upgradeCollection(document) : type === 'AnnotationPage' ? upgradePage(document) : upgradeManifest(document);
  return { '@context': PRESENTATION_3, ...upgraded };
}

function upgradeManifest(manifest: JsonNode): JsonNode {
  const [sequence = {}, ...more] = nodes(manifest['sequences']);
  const canvases = nodes(sequence['canvases']);
  const known = new Set(canvases.map(idOf));
  // 5.2 of 3.0: a manifest has all its canvases, also those of another order only.
  const further = more
    .flatMap((other) => nodes(other['canvases']))
    .filter((canvas) => canvas['images'] !== undefined && !known.has(idOf(canvas)));
  const distinct = further.filter((canvas, place) => further.findIndex((other) => idOf(other) === idOf(canvas)) === place);
  const structures = [...upgradeRanges(manifest['structures']), ...more.flatMap(sequenceAsRange)];
  return {
    id: idOf(manifest),
    type: 'Manifest',
    ...joined(descriptive(manifest), descriptive(sequence)),
    ...others(sequence, ['canvases']),
    ...others(manifest, ['sequences', 'structures', 'otherContent']),
    items: [...canvases, ...distinct].map(upgradeCanvas),
    ...(structures.length > 0 ? { structures } : {}),
    ...annotationsOf(manifest),
  };
}

/**
 * The first sequence is the order of the canvases: what it says is said of the manifest (change log 1.2.2), beside what that says itself. Its label only says that it is an order.
 */
function joined(manifest: Readonly<Record<string, unknown>>, { label: _, ...sequence }: Readonly<Record<string, unknown>>): JsonNode {
  const both: Record<string, unknown> = { ...sequence, ...manifest };
  for (const list of ['metadata', 'seeAlso', 'rendering', 'homepage', 'partOf', 'service', 'thumbnail', 'provider']) {
    const whole = [...listOf(manifest[list]), ...listOf(sequence[list])];
    if (whole.length > 0) both[list] = whole;
  }
  const words: JsonNode[] = [
    ...(manifest['summary'] && sequence['summary'] ? [{ label: { en: ['Description'] }, value: sequence['summary'] }] : []),
    ...(manifest['requiredStatement'] && isNode(sequence['requiredStatement']) ? [sequence['requiredStatement']] : []),
    ...(manifest['rights'] && sequence['rights'] && manifest['rights'] !== sequence['rights']
      ? [{ label: { en: ['License'] }, value: { none: [String(sequence['rights'])] } }]
      : []),
  ];
  if (words.length > 0) both['metadata'] = [...listOf(both['metadata']), ...words];
  return both;
}

function sequenceAsRange(sequence: JsonNode): JsonNode[] {
  const id = idOf(sequence);
  const items = nodes(sequence['canvases']).flatMap((canvas) => (idOf(canvas) === undefined ? [] : [{ id: idOf(canvas), type: 'Canvas' }]));
  if (id === undefined || items.length === 0) return [];
  const described = descriptive(sequence);
  return [{ id, type: 'Range', ...described, behavior: [...listOf(described['behavior']), 'sequence'], items }];
}

function upgradeCanvas(canvas: JsonNode): JsonNode {
  const id = idOf(canvas);
  const painted = nodes(canvas['images']).map((annotation, place) => upgradeAnnotation(annotation, `${id}/painting/${place + 1}`));
  // A painting annotation of a canvas is on that canvas, whatever sloppy data say.
  const items = painted.map((annotation) => (annotation['target'] === undefined ? { ...annotation, target: id } : annotation));
  const { width, height } = canvas;
  return {
    id,
    type: 'Canvas',
    ...descriptive(canvas),
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
    ...others(canvas, ['images', 'otherContent', 'width', 'height']),
    items: items.length > 0 ? [{ id: `${id}/painting`, type: 'AnnotationPage', items }] : [],
    ...annotationsOf(canvas),
  };
}

/** 3.0, change log 1.2.3: `otherContent` is `annotations`. */
function annotationsOf(node: JsonNode): { annotations?: readonly JsonNode[] } {
  const list: unknown = node['otherContent'];
  const pages = (Array.isArray(list) ? list : list === undefined ? [] : [list]).flatMap((page: unknown): JsonNode[] => {
    if (typeof page === 'string') return [{ id: page, type: 'AnnotationPage' }];
    return isNode(page) && idOf(page) !== undefined ? [upgradePage(page)] : [];
  });
  return pages.length > 0 ? { annotations: pages } : {};
}

function upgradePage(page: JsonNode): JsonNode {
  const id = idOf(page);
  const items = nodes(page['resources']).map((annotation, place) => upgradeAnnotation(annotation, `${id}/${place + 1}`));
  const { label } = descriptive(page);
  return { id, type: 'AnnotationPage', ...(label ? { label } : {}), ...(items.length > 0 ? { items } : {}) };
}

function upgradeCollection(collection: JsonNode): JsonNode {
  const of = (list: unknown, type: string) =>
    nodes(list).map((member) => ({ id: idOf(member), type: typeOf(member) ?? type, ...descriptive(member) }));
  return {
    id: idOf(collection),
    type: 'Collection',
    ...descriptive(collection),
    ...others(collection, ['collections', 'manifests', 'members', 'first', 'last', 'next', 'prev', 'total', 'startIndex']),
    items: [
      ...of(collection['members'], 'Manifest'),
      ...of(collection['collections'], 'Collection'),
      ...of(collection['manifests'], 'Manifest'),
    ],
  };
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
