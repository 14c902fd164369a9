import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { cleanHtml } from '../clean-html.ts';
import { isNode, type JsonNode } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { elementsAt, phrases, rootValue, type XmlValue } from '../xml/xml-values.ts';
import { lidoDate } from './lido-date.ts';
import { lidoEvents } from './lido-events.ts';
import { lidoImages } from './lido-images.ts';
import { preferred } from './preferred.ts';

export const LIDO = 'lido';
export const LIDO_VERSION = 1;

/** The record: by itself, in a wrap with one, or as an API's expression picked it out of a wrap. */
function recordOf(record: JsonNode): unknown {
  const { lido, lidoWrap } = record;
  if (isNode(lido)) return lido;
  if (isNode(lidoWrap)) return Array.isArray(lidoWrap['lido']) ? lidoWrap['lido'][0] : lidoWrap['lido'];
  return record['lidoRecID'] !== undefined && record['descriptiveMetadata'] !== undefined ? record : undefined;
}

export const isLido = (record: JsonNode): boolean => recordOf(record) !== undefined;

/**
 * A LIDO 1.0 or 1.1 record as a museum object. Of a wrap with several only the first is read: a list of records is a source of its own (kind `api`).
 *
 * @throws Problem `record-invalid` without a title
 */
export function mapLido(record: JsonNode): MappedObject {
  const lido = rootValue(recordOf(record));
  const described = (path: string) => elementsAt(lido, `descriptiveMetadata/${path}`);
  const identified = (path: string) => described(`objectIdentificationWrap/${path}`);
  const titles = identified('titleWrap/titleSet/appellationValue');
  const label =
    languageMapOf(phrases(preferred(titles), plainText)) ??
    languageMapOf(phrases(described('objectClassificationWrap/objectWorkTypeWrap/objectWorkType/term'), plainText));
  if (!label) throw new Problem('record-invalid', { detail: 'neither titleSet/appellationValue nor objectWorkType/term says anything' });
  const alternatives = languageMapOf(
    phrases(
      titles.filter((title) => !preferred(titles).includes(title)),
      plainText,
    ),
  );
  const summary = languageMapOf(phrases(identified('objectDescriptionWrap/objectDescriptionSet/descriptiveNoteValue'), cleanHtml));
  const events = described('eventWrap/eventSet/event');
  const images = lidoImages(lido);
  const admin = (path: string) => elementsAt(lido, `administrativeMetadata/${path}`);
  const rights =
    admin('rightsWorkWrap/rightsWorkSet/rightsType/conceptID')
      .map(({ words }) => rightsUri(words))
      .find((uri) => uri !== undefined) ?? images.find((image) => image.rights !== undefined)?.rights;
  const credit = languageMapOf(
    phrases(
      [...admin('resourceWrap/resourceSet/rightsResource/creditLine'), ...admin('rightsWorkWrap/rightsWorkSet/creditLine')],
      cleanHtml,
    ),
  );
  const date = lidoDate(events);
  const repositories = identified('repositoryWrap/repositorySet');
  return {
    ...NOTHING_SAID,
    label,
    names: alternatives ? [{ kind: 'other', value: alternatives }] : [],
    metadata: [
      ...pair('Type', described('objectClassificationWrap/objectWorkTypeWrap/objectWorkType/term')),
      ...pair('Classification', described('objectClassificationWrap/classificationWrap/classification/term')),
      ...lidoEvents(events),
      ...pair('Dimensions', identified('objectMeasurementsWrap/objectMeasurementsSet/displayObjectMeasurements')),
      ...pair('Inscription', identified('inscriptionsWrap/inscriptions/inscriptionTranscription')),
      ...pair('Subject', described('objectRelationWrap/subjectWrap/subjectSet/displaySubject')),
      ...pair(
        'Location',
        repositories.flatMap((set) => elementsAt(set, 'repositoryName/legalBodyName/appellationValue')),
      ),
      ...pair(
        'Inventory number',
        repositories.flatMap((set) => elementsAt(set, 'workID')),
      ),
    ],
    ...(summary ? { summary } : {}),
    ...(rights === undefined ? {} : { rights }),
    ...(credit ? { requiredStatement: { label: { en: ['Credit line'] }, value: credit } } : {}),
    provider: providerOf([...repositories.flatMap((set) => elementsAt(set, 'repositoryName')), ...admin('recordWrap/recordSource')]),
    homepage: admin('recordWrap/recordInfoSet/recordInfoLink')
      .filter(({ words }) => /^https?:\/\/\S+$/.test(words))
      .slice(0, 1)
      .map(({ words }) => ({ id: words, type: 'Text', format: 'text/html', label })),
    ...(date ? { date } : {}),
    images,
  };
}

function pair(name: string, values: readonly XmlValue[]): MappedObject['metadata'] {
  const value: LanguageMap | undefined = languageMapOf(phrases(preferred(values), cleanHtml));
  return value ? [{ label: { en: [name] }, value }] : [];
}

/** The first organisation with an address: a manifest's provider must have one. */
function providerOf(bodies: readonly XmlValue[]): MappedObject['provider'] {
  return bodies
    .flatMap((body) => {
      const names = languageMapOf(phrases(elementsAt(body, 'legalBodyName/appellationValue'), plainText));
      const [page] = elementsAt(body, 'legalBodyWeblink').filter(({ words }) => /^https?:\/\/\S+$/.test(words));
      const [id] = elementsAt(body, 'legalBodyID').filter(({ words }) => /^https?:\/\/\S+$/.test(words));
      const address = id?.words ?? page?.words;
      if (!names || address === undefined) return [];
      return [
        {
          id: address,
          label: names,
          homepage: page ? [{ id: page.words, type: 'Text', format: 'text/html', label: names }] : [],
          logo: [],
        },
      ];
    })
    .filter((_, place) => place === 0);
}
