import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { cleanHtml } from '../clean-html.ts';
import { imageAt, serviceOf } from '../image-at.ts';
import { isNode, type JsonNode } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { attribute, elementsAt, phrases, rootValue, type XmlValue } from '../xml/xml-values.ts';

export const DUBLIN_CORE = 'dublin-core';
export const DUBLIN_CORE_VERSION = 1;

/** The elements of Dublin Core 1.1 that become pairs, in this order, with what they are called. */
const PAIRS: readonly (readonly [string, string])[] = [
  ['creator', 'Creator'],
  ['contributor', 'Contributor'],
  ['date', 'Date'],
  ['created', 'Date'],
  ['type', 'Type'],
  ['format', 'Format'],
  ['extent', 'Extent'],
  ['medium', 'Medium'],
  ['subject', 'Subject'],
  ['coverage', 'Coverage'],
  ['spatial', 'Place'],
  ['publisher', 'Publisher'],
  ['source', 'Source'],
  ['relation', 'Relation'],
  ['language', 'Language'],
  ['identifier', 'Identifier'],
];
const IMAGE = /\.(tiff?|jpe?g|png|jp2|webp|gif)(\?|$)/i;

/** The element that holds the description, in OAI's `oai_dc:dc`, in `qualifieddc`, or in an API's own element `dc` or `record`. */
function described(record: JsonNode): unknown {
  const { dc, qualifieddc } = record;
  return dc ?? qualifieddc;
}

export const isDublinCore = (record: JsonNode): boolean => isNode(described(record));

/** Simple or qualified Dublin Core (DCMES 1.1) as a museum object: images are the identifiers and relations that name one. @throws Problem `record-invalid` without a title */
export function mapDublinCore(record: JsonNode): MappedObject {
  const root = rootValue(described(record));
  const of = (...names: readonly string[]): readonly XmlValue[] => names.flatMap((name) => elementsAt(root, name));
  const label = languageMapOf(phrases(of('title'), plainText));
  if (!label) throw new Problem('record-invalid', { detail: 'dc:title says nothing' });
  const summary = languageMapOf(phrases(of('description', 'abstract'), cleanHtml));
  const said = of('rights', 'license', 'accessRights');
  const rights = said.map(({ words }) => rightsUri(words)).find((uri) => uri !== undefined);
  const words = languageMapOf(
    phrases(
      said.filter(({ words: value }) => rightsUri(value) === undefined),
      cleanHtml,
    ),
  );
  const images = imagesOf(of('identifier', 'relation', 'hasFormat', 'hasVersion', 'isReferencedBy'));
  const used = new Set(images.flatMap(({ sourceId, master }) => [sourceId, master?.address]));
  const pages = of('identifier', 'source').filter(({ words: value }) => isWebPage(value) && !used.has(value));
  return {
    ...NOTHING_SAID,
    label,
    metadata: [
      ...PAIRS.flatMap(([name, title]) => {
        const value = languageMapOf(
          phrases(
            of(name).filter(({ words: value_ }) => !isWebPage(value_)),
            cleanHtml,
          ),
        );
        return value ? [{ label: { en: [title] }, value }] : [];
      }),
      ...(words ? [{ label: { en: ['Rights'] }, value: words }] : []),
    ],
    ...(summary ? { summary } : {}),
    ...(rights === undefined ? {} : { rights }),
    homepage: pages.slice(0, 1).map(({ words: id }) => ({ id, type: 'Text', format: 'text/html', label })),
    images,
  };
}

const isWebPage = (words: string): boolean => /^https?:\/\/\S+$/.test(words);

/** Addresses of images among identifiers and relations. */
function imagesOf(values: readonly XmlValue[]): MappedImage[] {
  const images = values
    .filter(
      (value) =>
        isWebPage(value.words) &&
        (IMAGE.test(value.words) || serviceOf(value.words) !== undefined || /image/i.test(attribute(value, 'type') ?? '')),
    )
    .flatMap(({ words }) => imageAt(words, undefined) ?? []);
  return images.filter((image, place) => images.findIndex(({ sourceId }) => sourceId === image.sourceId) === place);
}
