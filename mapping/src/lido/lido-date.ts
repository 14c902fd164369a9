import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
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
  const [begin] = dates.flatMap((date) => elementsAt(date, 'date/earliestDate')).flatMap(({ words }) => dateTime(words) ?? []);
  const [end] = dates.flatMap((date) => elementsAt(date, 'date/latestDate')).flatMap(({ words }) => dateTime(words) ?? []);
  if (!display && begin === undefined) return undefined;
  return { ...(display ? { display } : {}), ...(begin === undefined ? {} : { begin }), ...(end === undefined ? {} : { end }) };
}

function dateTime(words: string): string | undefined {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T.*)?$/.exec(words) ?? [];
  if (year === undefined) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace('.000Z', 'Z');
}
