import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { bcp47 } from '../bcp47.ts';
import { cleanHtml } from '../clean-html.ts';
import { dateTimeOf } from '../date-time.ts';
import { imageAt } from '../image-at.ts';
import { isNode, type JsonNode, nodes, text, texts } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';

/**
 * A museum object from what a source's own mapping gives: the simple form of docs/operations.md, in which a text may be a string or texts by language, one value stands for a list of one, and what says nothing may be
 * left out. Undefined where it gives nothing: the record is no object.
 *
 * @throws Problem `record-invalid` without a label
 */
export function fromSimpleForm(given: unknown): MappedObject | undefined {
  if (given === undefined || given === null || (Array.isArray(given) && given.length === 0)) return undefined;
  if (!isNode(given)) throw new Problem('record-invalid', { detail: 'the mapping gives no object' });
  const label = words(given['label'], plainText);
  if (!label) throw new Problem('record-invalid', { detail: 'the mapping gives no label' });
  const summary = words(given['summary'], cleanHtml);
  const credit = words(given['credit'], cleanHtml);
  const said = text(given['rights']);
  const rights = said === undefined ? undefined : rightsUri(said);
  const direction = text(given['viewingDirection']);
  const behavior = texts(given['behavior']);
  const start = text(given['start']);
  const date = dateOf(given['date']);
  return {
    ...NOTHING_SAID,
    label,
    metadata: [
      ...pairsOf(given['metadata']),
      ...(said !== undefined && rights === undefined ? [{ label: { en: ['Rights'] }, value: { none: [cleanHtml(said)] } }] : []),
    ],
    ...(summary ? { summary } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(credit ? { requiredStatement: { label: { en: ['Credit line'] }, value: credit } } : {}),
    provider: listed(given['provider']).flatMap(providerOf),
    homepage: listed(given['homepage']).flatMap((link) => linkOf(link, 'Text')),
    seeAlso: listed(given['seeAlso']).flatMap((link) => linkOf(link, 'Dataset')),
    rendering: listed(given['rendering']).flatMap((link) => linkOf(link, 'Text')),
    ...(date ? { date } : {}),
    collections: listed(given['collections']).flatMap((set) => {
      const id = idOf(set);
      const name = isNode(set) ? words(set['label'], plainText) : undefined;
      return id === undefined ? [] : [{ id, ...(name ? { label: name } : {}) }];
    }),
    media: nodes(given['media']).flatMap(mediumOf),
    structure: nodes(given['structure']).flatMap((section) => {
      const name = words(section['label'], plainText);
      const parent = section['parent'];
      return name ? [{ label: name, images: [...texts(section['images'])], ...(isCount(parent) ? { parent } : {}) }] : [];
    }),
    place: nodes(given['place']).flatMap((place) => {
      const name = words(place['label'], plainText);
      const [longitude, latitude] = [degrees(place['longitude'], 180), degrees(place['latitude'], 90)];
      return name && longitude !== undefined && latitude !== undefined ? [{ label: name, longitude, latitude }] : [];
    }),
    annotations: [...texts(given['annotations'])].filter(isWebAddress),
    ...(behavior.length > 0 ? { behavior: [...behavior] } : {}),
    ...(direction === undefined ? {} : { viewingDirection: direction }),
    ...(start === undefined ? {} : { start }),
    images: listed(given['images']).flatMap(imageOf),
  };
}

const listed = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
const isWebAddress = (value: unknown): value is string => typeof value === 'string' && /^https?:\/\/\S+$/.test(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isPixels = (value: unknown): value is number => isCount(value) && value > 0;
const idOf = (value: unknown): string | undefined => text(isNode(value) ? value['id'] : value);

const degrees = (value: unknown, most: number): number | undefined => {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  return typeof number === 'number' && Math.abs(number) <= most ? number : undefined;
};

/** A string, a list of them, or either by language. */
function words(value: unknown, clean: (words: string) => string): LanguageMap | undefined {
  const byLanguage: readonly (readonly [string, unknown])[] = isNode(value) ? Object.entries(value) : [['none', value]];
  return languageMapOf(
    byLanguage.flatMap(([language, said]) =>
      listed(said).flatMap((one) => {
        const cleaned = typeof one === 'string' || typeof one === 'number' ? clean(String(one)) : '';
        return cleaned === '' ? [] : [{ language: bcp47(language), value: cleaned }];
      }),
    ),
  );
}

/** Pairs, `{label, value}`, or an object whose names are the labels. */
function pairsOf(value: unknown): MappedObject['metadata'] {
  const given: readonly (readonly [unknown, unknown])[] =
    isNode(value) && !('label' in value && 'value' in value)
      ? Object.entries(value)
      : nodes(value).map((pair) => [pair['label'], pair['value']]);
  return given.flatMap(([name, said]) => {
    const [label, content] = [words(name, plainText), words(said, cleanHtml)];
    return label && content ? [{ label, value: content }] : [];
  });
}

function linkOf(link: unknown, otherwise: string): MappedObject['homepage'] {
  const node: JsonNode = isNode(link) ? link : { id: link };
  const id = node['id'];
  if (!isWebAddress(id)) return [];
  const label = words(node['label'], plainText);
  const [type, format, profile] = [text(node['type']), text(node['format']), text(node['profile'])];
  return [
    {
      id,
      type: type ?? otherwise,
      ...(label ? { label } : {}),
      ...(format === undefined ? {} : { format }),
      ...(profile === undefined ? {} : { profile }),
    },
  ];
}

function providerOf(provider: unknown): MappedObject['provider'] {
  if (!isNode(provider) || !isWebAddress(provider['id'])) return [];
  const label = words(provider['label'], plainText);
  if (!label) return [];
  return [
    {
      id: provider['id'],
      label,
      homepage: listed(provider['homepage']).flatMap((link) => linkOf(link, 'Text')),
      logo: listed(provider['logo']).flatMap((link) => linkOf(link, 'Image')),
    },
  ];
}

function dateOf(value: unknown): MappedObject['date'] {
  const node: JsonNode = isNode(value) ? value : { display: value };
  const display = words(node['display'], plainText);
  const [begin, end] = [dateTimeOf(node['begin']), dateTimeOf(node['end'])];
  if (!display && begin === undefined) return undefined;
  return { ...(display ? { display } : {}), ...(begin === undefined ? {} : { begin }), ...(end === undefined ? {} : { end }) };
}

function mediumOf(medium: JsonNode): MappedObject['media'] {
  const id = medium['id'];
  const type = text(medium['type']);
  if (!isWebAddress(id) || type === undefined) return [];
  const { duration, width, height } = medium;
  const label = words(medium['label'], plainText);
  const [format, placeholder] = [text(medium['format']), text(medium['placeholder'])];
  return [
    {
      id,
      type,
      ...(format === undefined ? {} : { format }),
      ...(label ? { label } : {}),
      ...(typeof duration === 'number' && duration > 0 ? { duration } : {}),
      ...(isPixels(width) && isPixels(height) ? { width, height } : {}),
      ...(placeholder === undefined ? {} : { placeholder }),
    },
  ];
}

/** An address of a file or of an image service, or `{id, address, …}`: `id` is what else in the form names it by, else its address. */
function imageOf(given: unknown): MappedImage[] {
  const node: JsonNode = isNode(given) ? given : { address: given };
  const address = text(node['address']) ?? text(node['service']);
  // A name alone is beside nothing here. Files and buckets are read only where they are open to the source.
  const image =
    address !== undefined && URL.canParse(address)
      ? imageAt(node['service'] === undefined ? address : `${address}/info.json`, 'file:///')
      : undefined;
  if (!image) return [];
  const label = words(node['label'], plainText);
  const [role, view, said] = [text(node['role']), text(node['view']), text(node['rights'])];
  const rights = said === undefined ? undefined : rightsUri(said);
  const region = regionOf(node['region']);
  const { width, height } = node;
  return [
    {
      ...image,
      sourceId: text(node['id']) ?? image.sourceId,
      ...(label ? { label } : {}),
      ...(role === undefined ? {} : { role }),
      ...(view === undefined ? {} : { view }),
      ...(region ? { region } : {}),
      ...(rights === undefined ? {} : { rights }),
      ...(isPixels(width) && isPixels(height) ? { width, height } : {}),
      text: texts(node['text'])
        .filter(isWebAddress)
        .map((page) => ({ address: page })),
      annotations: [...texts(node['annotations'])].filter(isWebAddress),
    },
  ];
}

function regionOf(value: unknown): MappedImage['region'] {
  if (!isNode(value)) return undefined;
  const { x, y, width, height } = value;
  return isCount(x) && isCount(y) && isPixels(width) && isPixels(height) ? { x, y, width, height } : undefined;
}
