import { isNode, type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { type ClassName, classFaults, type Fault } from './classes.ts';
import { referenceFaults } from './reference-faults.ts';

/** Faults told of a document at most: beyond that it is another kind of document. */
const MOST = 100;

/** What a property holds, where it is not a class by its `type`. */
const HOLDS: Readonly<Record<string, (node: JsonNode, parent: string) => ClassName | undefined>> = {
  provider: () => 'Agent',
  homepage: () => 'LabelledLink',
  rendering: () => 'LabelledLink',
  seeAlso: () => 'Link',
  partOf: () => 'Link',
  logo: contentClass,
  thumbnail: contentClass,
  service: () => 'Service',
  services: () => 'Service',
  structures: () => 'Range',
  annotations: () => 'AnnotationPage',
  placeholderCanvas: () => 'Canvas',
  accompanyingCanvas: () => 'Canvas',
  supplementary: () => 'AnnotationCollection',
  body: contentClass,
  source: contentClass,
  items: (node, parent) => {
    if (parent === 'Manifest') return 'Canvas';
    if (parent === 'Canvas') return 'AnnotationPage';
    if (parent === 'AnnotationPage') return 'Annotation';
    if (parent === 'Choice') return contentClass(node);
    if (parent === 'Collection') return node['type'] === 'Collection' && node['items'] !== undefined ? 'Collection' : 'Reference';
    if (parent === 'Range')
      return node['type'] === 'Range' && node['items'] !== undefined
        ? 'Range'
        : node['type'] === 'SpecificResource'
          ? 'SpecificResource'
          : 'Reference';
    return undefined;
  },
};

function contentClass(node: JsonNode): ClassName {
  const type = text(node['type']);
  return type === 'Choice' || type === 'SpecificResource' || type === 'TextualBody' || type === 'Feature' ? type : 'Content';
}

/** Classes that a document may begin with. */
const TOP = ['Manifest', 'Collection', 'AnnotationPage', 'AnnotationCollection', 'Annotation'] as const;

/**
 * What keeps a document from being Presentation API 3.0: where, and a sentence; nothing for a valid one. First each resource by its class, then, where those hold, what binds them
 * (ids, references, dimensions, targets).
 */
export function presentationFaults(document: unknown): readonly Fault[] {
  if (!isNode(document)) return [{ pointer: '', sentence: 'it must be a JSON object' }];
  const type = TOP.find((name) => name === document['type']);
  if (!type) return [{ pointer: '/type', sentence: `type must be ${TOP.slice(0, -1).join(', ')} or ${TOP.at(-1)}` }];
  const faults: Fault[] = contextFaults(document);
  // Iterative: what is nested deep is no reason to fail.
  const ahead: [ClassName, unknown, string][] = [[type, document, '']];
  while (ahead.length > 0 && faults.length < MOST) {
    const [name, resource, pointer] = ahead.pop() ?? [type, document, ''];
    faults.push(...classFaults(name, resource, pointer), ...(isNode(resource) ? ownFaults(name, resource, pointer) : []));
    if (isNode(resource)) ahead.push(...within(name, resource, pointer).toReversed());
  }
  return faults.length > 0 ? faults.slice(0, MOST) : referenceFaults(document).slice(0, MOST);
}

function within(name: ClassName, resource: JsonNode, pointer: string): [ClassName, unknown, string][] {
  if (name === 'Service' || name === 'Reference') return [];
  return Object.entries(resource).flatMap(([property, value]): [ClassName, unknown, string][] => {
    const holds = Object.hasOwn(HOLDS, property) ? HOLDS[property] : undefined;
    if (!holds || (name === 'AnnotationPage' && property === 'partOf')) return [];
    if (property === 'source' && typeof value === 'string') return [];
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    return list.flatMap((item, place): [ClassName, unknown, string][] => {
      const at = Array.isArray(value) ? `${pointer}/${property}/${place}` : `${pointer}/${property}`;
      // 5.5 and the context allow a page of annotations by its address alone.
      if (property === 'annotations' && typeof item === 'string') return [];
      const held = isNode(item) ? holds(item, name) : holds({}, name);
      return held ? [[held, item, at]] : [];
    });
  });
}

/** 4.6: "The `@context` … must appear once, in the topmost resource", the API's own last. */
function contextFaults(document: JsonNode): Fault[] {
  const contexts = texts(document['@context']);
  const last = contexts.at(-1);
  if (document['type'] === 'Annotation') return [];
  if (last === 'http://iiif.io/api/presentation/3/context.json') return [];
  return [
    { pointer: '/@context', sentence: '@context must be http://iiif.io/api/presentation/3/context.json, or a list that ends with it' },
  ];
}

/** What a class demands of several properties at once. */
function ownFaults(name: ClassName, resource: JsonNode, pointer: string): Fault[] {
  if (name === 'Canvas') {
    const { width, height, duration } = resource;
    // 5.3: "A Canvas must have … height and width together, or duration".
    if ((width === undefined) !== (height === undefined)) return [{ pointer, sentence: 'a Canvas must have width and height together' }];
    if (width === undefined && duration === undefined) return [{ pointer, sentence: 'a Canvas must have width and height, or duration' }];
    if (
      /\/(placeholder|accompanying)Canvas$/.test(pointer) &&
      (resource['placeholderCanvas'] !== undefined || resource['accompanyingCanvas'] !== undefined)
    )
      return [{ pointer, sentence: 'a placeholder or accompanying canvas must not have one of its own (3.4)' }];
  }
  if (name === 'Collection') {
    const bad = nodes(resource['items']).findIndex(({ type }) => type !== 'Manifest' && type !== 'Collection');
    if (bad >= 0) return [{ pointer: `${pointer}/items/${bad}`, sentence: 'a Collection holds Manifests and Collections only' }];
    // 5.1: "Manifests … must be referenced, not embedded".
    const embedded = nodes(resource['items']).findIndex(({ type, items }) => type === 'Manifest' && items !== undefined);
    if (embedded >= 0) return [{ pointer: `${pointer}/items/${embedded}`, sentence: 'a Manifest in a Collection is named, not embedded' }];
    const nameless = nodes(resource['items']).findIndex(({ label }) => label === undefined);
    if (nameless >= 0) return [{ pointer: `${pointer}/items/${nameless}`, sentence: 'what a Collection holds must have a label' }];
  }
  if (name === 'Annotation' && resource['body'] === undefined && /\/items\/\d+\/items\/\d+\/items\/\d+$/.test(pointer))
    return [{ pointer, sentence: 'a painting Annotation must have a body' }];
  return [];
}
