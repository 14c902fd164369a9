import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { dateTimeOf } from '../date-time.ts';
import { type JsonNode, nodes } from '../json-node.ts';
import { ACCESSION_NUMBER, STATEMENTS, TYPE_OF_WORK } from './aat.ts';
import { contentOf, isClassifiedAs, labelsOf } from './statements.ts';

/** The pairs that viewers show beside the object, in a fixed order. */
export function objectMetadata(record: JsonNode): MappedObject['metadata'] {
  const production = productionsOf(record);
  const statements = nodes(record['referred_to_by']);
  const types = nodes(record['classified_as']);
  const typesOfWork = types.filter((type) => isClassifiedAs(type, TYPE_OF_WORK));
  const identifiers = nodes(record['identified_by']).filter(({ type }) => type === 'Identifier');
  const pairs: (readonly [string, LanguageMap | undefined])[] = [
    ['Type', labelsOf(typesOfWork.length > 0 ? typesOfWork : types)],
    ['Maker', labelsOf(production.flatMap((part) => nodes(part['carried_out_by'])))],
    ['Date', dateDisplay(record)],
    ['Place', labelsOf(production.flatMap((part) => nodes(part['took_place_at'])))],
    ...STATEMENTS.map(([term, label]) => [label, contentOf(statements.filter((statement) => isClassifiedAs(statement, [term])))] as const),
    ['Made of', labelsOf(nodes(record['made_of']))],
    ['Location', labelsOf(nodes(record['current_location']))],
    ['Accession number', contentOf(identifiers.filter((identifier) => isClassifiedAs(identifier, ACCESSION_NUMBER)))],
  ];
  return pairs.flatMap(([label, value]) => (value ? [{ label: { en: [label] }, value }] : []));
}

/** A production and its parts (Linked Art 1.0, model/object/production: several activities make one). */
function productionsOf(record: JsonNode): readonly JsonNode[] {
  return nodes(record['produced_by'] ?? record['created_by']).flatMap((production) => [production, ...nodes(production['part'])]);
}

function dateDisplay(record: JsonNode): LanguageMap | undefined {
  return labelsOf(productionsOf(record).flatMap((part) => nodes(part['timespan'])));
}

/** When it was made, where the record gives real dates: years before the common era and vague dates are left out (RFC 3339 has no form). */
export function objectDate(record: JsonNode): MappedObject['date'] {
  const [span] = productionsOf(record).flatMap((part) => nodes(part['timespan']));
  if (!span) return undefined;
  const display = labelsOf([span]);
  const begin = dateTimeOf(span['begin_of_the_begin']);
  const end = dateTimeOf(span['end_of_the_end']);
  if (!display && begin === undefined) return undefined;
  return { ...(display ? { display } : {}), ...(begin === undefined ? {} : { begin }), ...(end === undefined ? {} : { end }) };
}
