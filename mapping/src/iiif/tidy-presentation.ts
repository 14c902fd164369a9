import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { bcp47 } from '../bcp47.ts';
import { cleanHtml } from '../clean-html.ts';
import { dateTimeOf } from '../date-time.ts';
import { isNode, type JsonNode, nodes, text } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { isBehavior } from './behaviors.ts';
import { descriptive } from './upgrade/descriptive.ts';
import { languageValues } from './upgrade/language-values.ts';
import { PRESENTATION_3 } from './upgrade/upgrade-presentation.ts';

/** Presentation API 3.0, 4.3: lists, also of one. */
const LISTS = new Set([
  'thumbnail',
  'provider',
  'homepage',
  'logo',
  'rendering',
  'seeAlso',
  'partOf',
  'service',
  'services',
  'behavior',
  'items',
  'annotations',
  'structures',
  'metadata',
]);
/** Lists that say nothing when they are empty. */
const MAY_BE_EMPTY = new Set(['items']);
/** What is in these is somebody else's vocabulary: not looked into. */
const OPAQUE = new Set(['navPlace', 'selector', 'target', 'stylesheet', 'geometry', 'properties', '@context']);
const LINKS = new Set(['homepage', 'rendering', 'seeAlso', 'partOf', 'logo']);

/**
 * A document of Presentation 3.0 as it should have been written: what others commonly get wrong and what can only mean one thing is put right (strings where language maps belong, one value where a list does,
 * addresses of rights in another form, markup beyond 4.5). The rest, extensions among them, is left as it is.
 */
export function tidyPresentation(document: JsonNode): JsonNode {
  const context = contextOf(document['@context']);
  const { '@context': _, ...tidy } = tidyNode(withLogo(document));
  const items = document['type'] === 'Manifest' ? tidyCanvases(nodes(tidy['items'])) : tidy['items'];
  const whole = { '@context': context, ...tidy, ...(items === undefined ? {} : { items }) };
  // Without a context of its own an unknown property means nothing (JSON-LD 1.1, 4.1.1).
  return isPlain(context) ? knownOnly(whole) : whole;
}

/** Whether nothing but the API's own vocabulary is in a context; that of annotations is part of it. */
const isPlain = (context: unknown): boolean =>
  (Array.isArray(context) ? context : [context]).every(
    (one: unknown) => one === PRESENTATION_3 || one === 'http://www.w3.org/ns/anno.jsonld',
  );

/** Many write the logo as 2.1 had it; in 3.0 it is an organisation's. */
function withLogo({ logo, ...document }: JsonNode): JsonNode {
  if (logo === undefined || document['provider'] !== undefined) return document;
  const { provider } = descriptive({ logo, attribution: nodes(document['requiredStatement'])[0]?.['value'] });
  return { ...document, provider };
}

/** Pages and annotations without ids of their own are named after their canvas, and what is painted is painted on it (5.3). */
function tidyCanvases(canvases: readonly JsonNode[]): readonly JsonNode[] {
  const taken = new Set<string>();
  const idOf = (node: JsonNode, otherwise: string): string => {
    const said = text(node['id']);
    const id = said === undefined || taken.has(said) ? otherwise : said;
    taken.add(id);
    return id;
  };
  return canvases.map((canvas) => {
    const id = text(canvas['id']);
    if (id === undefined || !Array.isArray(canvas['items'])) return canvas;
    const items = nodes(canvas['items']).map((page, at) => {
      const named = { ...page, id: idOf(page, `${id}/page/${at + 1}`) };
      if (page['items'] === undefined) return named;
      const painted = nodes(page['items']).map((annotation, place) => ({
        ...annotation,
        id: idOf(annotation, `${id}/page/${at + 1}/${place + 1}`),
        target: paintedOn(annotation['target'], id),
      }));
      return { ...named, items: painted };
    });
    return { ...canvas, items };
  });
}

function paintedOn(target: unknown, canvas: string): unknown {
  const [source, fragment] = typeof target === 'string' ? target.split('#') : [undefined, undefined];
  if (target === undefined || (source !== undefined && source !== canvas)) return fragment === undefined ? canvas : `${canvas}#${fragment}`;
  return target;
}

const MANIFEST_PROPERTIES = new Set([
  '@context',
  'id',
  'type',
  'label',
  'metadata',
  'summary',
  'requiredStatement',
  'rendering',
  'service',
  'services',
  'viewingDirection',
  'placeholderCanvas',
  'accompanyingCanvas',
  'rights',
  'start',
  'navDate',
  'navPlace',
  'provider',
  'seeAlso',
  'thumbnail',
  'homepage',
  'behavior',
  'partOf',
  'items',
  'structures',
  'annotations',
]);
const PAGE_PROPERTIES = new Set([
  '@context',
  'id',
  'type',
  'label',
  'rendering',
  'service',
  'thumbnail',
  'items',
  'partOf',
  'next',
  'prev',
  'first',
  'last',
]);

function knownOnly(node: JsonNode): JsonNode {
  const { type } = node;
  const known = type === 'Manifest' ? MANIFEST_PROPERTIES : type === 'AnnotationPage' ? PAGE_PROPERTIES : undefined;
  return Object.fromEntries(
    Object.entries(node).flatMap(([key, value]) => {
      if (known && !known.has(key)) return [];
      const isList = (key === 'items' || key === 'annotations') && Array.isArray(value);
      return [[key, isList ? value.map((item: unknown) => (isNode(item) ? knownOnly(item) : item)) : value]];
    }),
  );
}

/** 4.6: the API's own context is the last. */
function contextOf(value: unknown): unknown {
  const list = (Array.isArray(value) ? value : [value]).filter(
    (context) => isNode(context) || (typeof context === 'string' && !/iiif\.io\/api\/presentation\/\d/.test(context)),
  );
  return list.length === 0 ? PRESENTATION_3 : [...list, PRESENTATION_3];
}

function tidyNode(node: JsonNode): JsonNode {
  const tidied: Record<string, unknown> = {};
  let rightsInWords: string | undefined;
  for (const [key, value] of Object.entries(node)) {
    // Assigned, it would be another thing than a property.
    if (key === '__proto__' || value === undefined || value === null || value === '') continue;
    if (key === 'id' && typeof value === 'string') {
      tidied[key] = value.trim();
      continue;
    }
    if (key === 'rights') {
      const uri = rightsOf(value);
      if (uri !== undefined) tidied[key] = uri;
      else rightsInWords = text(Array.isArray(value) ? value[0] : value);
      continue;
    }
    const said = tidyProperty(key, value);
    if (said === undefined) continue;
    if (Array.isArray(said) && said.length === 0 && !MAY_BE_EMPTY.has(key)) continue;
    tidied[key] = said;
  }
  // What an annotation says as HTML is shown by the same viewers as a summary.
  if (node['type'] === 'TextualBody' && /html/i.test(text(node['format']) ?? '') && typeof node['value'] === 'string')
    tidied['value'] = cleanHtml(node['value']);
  if (rightsInWords !== undefined)
    tidied['metadata'] = [...nodes(tidied['metadata']), { label: { en: ['Rights'] }, value: { none: [rightsInWords] } }];
  return tidied;
}

function tidyProperty(key: string, value: unknown): unknown {
  if (key === 'label') return languageMap(value, plainText);
  if (key === 'summary') return languageMap(value, cleanHtml);
  if (key === 'requiredStatement') return nodes(value).map(pairOf)[0];
  if (key === 'metadata') return nodes(value).flatMap((pair) => pairOf(pair) ?? []);
  const list: readonly unknown[] | undefined = LISTS.has(key) ? (Array.isArray(value) ? value : [value]) : undefined;
  if (key === 'behavior') return list?.filter(isBehavior);
  if (key === 'navDate') return dateTimeOf(value);
  if (key === 'annotations')
    return list?.flatMap((item) => (typeof item === 'string' ? [{ id: item, type: 'AnnotationPage' }] : tidyValue(item)));
  if (key === 'thumbnail')
    return list
      ?.map((item): unknown => (typeof item === 'string' ? { id: item, type: 'Image' } : item))
      .flatMap((item) => (isNode(item) && /^https?:\/\//.test(text(item['id']) ?? '') ? tidyValue(item) : []));
  if (key === 'service' || key === 'services')
    return list?.filter(
      (item) =>
        isNode(item) && (text(item['id']) ?? text(item['@id'])) !== undefined && (text(item['type']) ?? text(item['@type'])) !== undefined,
    );
  if (OPAQUE.has(key)) return list ?? value;
  if (LINKS.has(key)) return list?.flatMap((item) => linkOf(key, item));
  if (list) return list.flatMap(tidyValue);
  if (Array.isArray(value)) return value.flatMap(tidyValue);
  return isNode(value) ? tidyNode(value) : value;
}

const tidyValue = (item: unknown): readonly unknown[] => (isNode(item) ? [tidyNode(item)] : [item]);

/** A link needs an id and a type; what is no link at all is left out, as nobody could follow it. */
function linkOf(key: string, item: unknown): readonly JsonNode[] {
  const node: JsonNode | undefined = typeof item === 'string' ? { id: item } : isNode(item) ? item : undefined;
  const id = node && (text(node['id']) ?? text(node['@id']));
  if (!node || id === undefined || !/^https?:\/\/|^mailto:/.test(id)) return [];
  const { id: _, '@id': __, type, '@type': ___, ...rest } = node;
  const tidy = tidyNode(rest);
  const otherwise = key === 'seeAlso' ? 'Dataset' : key === 'logo' ? 'Image' : key === 'partOf' ? 'Collection' : 'Text';
  // 3.1: "homepage" and "rendering" must have a label.
  const label = (key === 'homepage' || key === 'rendering') && tidy['label'] === undefined ? { label: { none: [id] } } : {};
  return [{ id, type: text(type) ?? otherwise, ...label, ...tidy }];
}

function rightsOf(value: unknown): string | undefined {
  const said = text(Array.isArray(value) ? value[0] : value);
  return said === undefined ? undefined : rightsUri(said);
}

function pairOf(pair: JsonNode | undefined): JsonNode | undefined {
  if (!pair) return undefined;
  const label = languageMap(pair['label'], plainText);
  const value = languageMap(pair['value'], cleanHtml);
  return label && value ? { ...pair, label, value } : undefined;
}

/** A language map from what may be one, or a string, or what 2.1 had; undefined where nothing is said. */
function languageMap(value: unknown, clean: (words: string) => string): LanguageMap | undefined {
  const isOld = isNode(value) && value['@value'] !== undefined;
  const map: unknown =
    typeof value === 'string' || Array.isArray(value) || typeof value === 'number' || isOld ? languageValues(value) : value;
  if (!isNode(map)) return undefined;
  return languageMapOf(
    Object.entries(map).flatMap(([language, words]) =>
      (Array.isArray(words) ? words : [words]).flatMap((said: unknown) => {
        const cleaned = typeof said === 'string' || typeof said === 'number' ? clean(String(said)) : '';
        return cleaned === '' ? [] : [{ language: bcp47(language), value: cleaned }];
      }),
    ),
  );
}
