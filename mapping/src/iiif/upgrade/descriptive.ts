import { isNode, type JsonNode, nodes, text, texts } from '../../json-node.ts';
import { rightsUri } from '../../rights-uri.ts';
import { languageValues } from './language-values.ts';
import { idOf, typeOf } from './type-of.ts';
import { upgradeServices } from './upgrade-service.ts';

/** Properties that `descriptive` reads, or that mean nothing in 3.0: the others are carried on as they are. */
const READ = new Set([
  '@context',
  '@id',
  '@type',
  'id',
  'type',
  'label',
  'description',
  'metadata',
  'attribution',
  'license',
  'logo',
  'thumbnail',
  'related',
  'rendering',
  'seeAlso',
  'within',
  'service',
  'viewingHint',
  'viewingDirection',
  'navDate',
  'startCanvas',
]);

/** What is left of a node beyond what is described here and what `handled` names: extensions. */
export function others(node: JsonNode, handled: readonly string[]): JsonNode {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !READ.has(key) && !handled.includes(key)));
}

/** What any resource of Presentation 2.1 may say of itself (3: resource properties), in the words of 3.0 (change log 1.3 and 1.4). */
export function descriptive(node: JsonNode): Record<string, unknown> {
  const label = languageValues(node['label']);
  const summary = languageValues(node['description']);
  const licences = texts(node['license']);
  const rights = licences.map(rightsUri).find((uri) => uri !== undefined);
  const attribution = languageValues(node['attribution']);
  const metadata = [
    ...nodes(node['metadata']).flatMap((pair) => {
      const [name, value] = [languageValues(pair['label']), languageValues(pair['value'])];
      // 2.1 demands a label; many leave it empty all the same.
      return value ? [{ label: name ?? { en: ['Note'] }, value }] : [];
    }),
    // "rights" holds one address of Creative Commons or RightsStatements.org: what else is said of licences goes on as words.
    ...licences
      .filter((licence) => rightsUri(licence) !== rights || rights === undefined)
      .map((licence) => ({ label: { en: ['License'] }, value: { none: [licence] } })),
  ];
  const thumbnail = images(node['thumbnail']);
  const homepage = links(node['related'], 'Text', label);
  const rendering = links(node['rendering'], 'Text', label);
  const seeAlso = links(node['seeAlso'], 'Dataset', undefined);
  const logo = images(node['logo']);
  const partOf = links(node['within'], 'Collection', undefined).map(({ format: _, ...link }) => link);
  const service = upgradeServices(node['service']);
  const behavior = behaviorOf(node['viewingHint']);
  const viewingDirection = text(node['viewingDirection']);
  const navDate = text(node['navDate']);
  const start = startOf(node['startCanvas']);
  return {
    ...(label ? { label } : {}),
    ...(metadata.length > 0 ? { metadata } : {}),
    ...(summary ? { summary } : {}),
    ...(attribution ? { requiredStatement: { label: { en: ['Attribution'] }, value: attribution } } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(logo.length > 0 ? { provider: [providerOf(logo, attribution)] } : {}),
    ...(thumbnail.length > 0 ? { thumbnail } : {}),
    ...(navDate === undefined ? {} : { navDate }),
    ...(homepage.length > 0 ? { homepage } : {}),
    ...(seeAlso.length > 0 ? { seeAlso } : {}),
    ...(rendering.length > 0 ? { rendering } : {}),
    ...(partOf.length > 0 ? { partOf } : {}),
    ...(service.length > 0 ? { service } : {}),
    ...(behavior.length > 0 ? { behavior } : {}),
    ...(viewingDirection === undefined ? {} : { viewingDirection }),
    ...(start ? { start } : {}),
  };
}

/** 3.0 has logos of organisations only: one that nobody else names is where the logo is. */
function providerOf(logo: readonly JsonNode[], attribution: unknown) {
  const [first] = logo;
  const address = String(first?.['id']);
  const host = URL.canParse(address) ? new URL(address) : undefined;
  return { id: host ? `${host.origin}/` : address, type: 'Agent', label: attribution ?? { none: [host?.hostname ?? address] }, logo };
}

/** 3.0, 3.2 `behavior`: "top" is gone, the order of structures says it; so is "start", which `startCanvas` says. */
function behaviorOf(hint: unknown): readonly string[] {
  return texts(hint).filter((value) => value !== 'top' && value !== 'start');
}

function startOf(value: unknown): JsonNode | undefined {
  const [id] = texts(isNode(value) ? idOf(value) : value);
  if (id === undefined) return undefined;
  const [source, fragment] = id.split('#');
  if (fragment === undefined || source === undefined) return { id, type: 'Canvas' };
  return { id, type: 'SpecificResource', source, selector: { type: 'FragmentSelector', value: fragment } };
}

/** Images beside the painting: strings, or resources with a service. */
function images(value: unknown): readonly JsonNode[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.flatMap((item): JsonNode[] => {
    if (typeof item === 'string') return item.trim() === '' ? [] : [{ id: item, type: 'Image' }];
    if (!isNode(item)) return [];
    const service = upgradeServices(item['service']);
    const id = idOf(item) ?? idOf(service[0] ?? {});
    if (id === undefined) return [];
    const { format, width, height } = item;
    return [
      {
        id,
        type: 'Image',
        ...(text(format) ? { format } : {}),
        ...(isSize(width) && isSize(height) ? { width, height } : {}),
        ...(service.length > 0 ? { service } : {}),
      },
    ];
  });
}

const isSize = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0;

/** Links to other resources: strings, or objects with `@id`, `format`, `label`, `profile`. */
function links(value: unknown, otherwise: string, label: unknown): readonly JsonNode[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.flatMap((item): JsonNode[] => {
    if (typeof item === 'string')
      return item.trim() === '' ? [] : [{ id: item.trim(), type: typeOfLink(item, undefined, otherwise), ...(label ? { label } : {}) }];
    if (!isNode(item)) return [];
    const id = idOf(item);
    if (id === undefined) return [];
    const format = text(item['format']);
    const said = languageValues(item['label']) ?? label;
    const profile = text(item['profile']);
    return [
      {
        id,
        type: typeOf(item) ?? typeOfLink(id, format, otherwise),
        ...(said ? { label: said } : {}),
        ...(format === undefined ? {} : { format }),
        ...(profile === undefined ? {} : { profile }),
      },
    ];
  });
}

function typeOfLink(address: string, format: string | undefined, otherwise: string): string {
  if (format === undefined) return otherwise === 'Collection' && /manifest/i.test(address) ? 'Manifest' : otherwise;
  if (/^image\//.test(format)) return 'Image';
  if (/^(audio)\//.test(format)) return 'Sound';
  if (/^video\//.test(format)) return 'Video';
  if (/^text\/(html|plain)/.test(format) || format === 'application/pdf') return 'Text';
  return otherwise === 'Text' ? 'Text' : 'Dataset';
}
