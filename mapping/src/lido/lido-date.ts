import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { dateTimeOf } from '../date-time.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { elementsAt, phrases, type XmlValue } from '../xml/xml-values.ts';
import { isMaking } from './lido-events.ts';

/** When it was made. Dates are years, months or days (ISO 8601); years before the common era are left out, since manifests have no form for them. */
export function lidoDate(events: readonly XmlValue[]): MappedObject['date'] {
  const dates = events.filter(isMaking).flatMap((event) => elementsAt(event, 'eventDate'));
  const display = languageMapOf(
    phrases(
      dates.flatMap((date) => elementsAt(date, 'displayDate')),
      plainText,
    ),
  );
  const [begin] = dates.flatMap((date) => elementsAt(date, 'date/earliestDate')).flatMap(({ words }) => dateTimeOf(words) ?? []);
  const [end] = dates.flatMap((date) => elementsAt(date, 'date/latestDate')).flatMap(({ words }) => dateTimeOf(words) ?? []);
  if (!display && begin === undefined) return undefined;
  return { ...(display ? { display } : {}), ...(begin === undefined ? {} : { begin }), ...(end === undefined ? {} : { end }) };
}
