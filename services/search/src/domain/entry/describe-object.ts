import { setCollection, sourceCollection } from '@vitrine/contracts/collection-name.ts';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { plainText } from '@vitrine/mapping/plain-text.ts';
import type { Description } from '../../stores.ts';

/** What an object says of itself: each label with its value, as a manifest shows them. */
export function describeObject(museumObject: MuseumObject, source: string, revision: number): Description {
  const { label, names, metadata, summary, rights, requiredStatement, provider, date, place, collections, images, structure } =
    museumObject;
  const bySource = new Map(images.map(({ sourceId, id }) => [sourceId, id] as const));
  const [begin, end] = [yearOf(date?.begin), yearOf(date?.end)];
  const shown = date?.display ? Object.values(date.display)[0]?.[0] : undefined;
  const labelled = (name: string, value: LanguageMap | undefined) => (value ? [{ label: { en: [name] }, value: plain(value) }] : []);
  return {
    revision,
    source,
    label: plain(label),
    values: [
      ...metadata.map((pair) => ({ label: plain(pair.label), value: plain(pair.value) })),
      ...names.flatMap(({ value }) => labelled('Name', value)),
      ...labelled('Summary', summary),
      ...labelled('Date', date?.display),
      ...(requiredStatement ? [{ label: plain(requiredStatement.label), value: plain(requiredStatement.value) }] : []),
      ...provider.flatMap(({ label: name }) => labelled('Provider', name)),
      ...place.flatMap(({ label: name }) => labelled('Place', name)),
      ...structure.flatMap(({ label: name }) => labelled('Section', name)),
      ...images.flatMap(({ label: name }) => labelled('Image', name)),
    ],
    ...(rights === undefined ? {} : { rights }),
    ...(shown === undefined ? {} : { date: plainText(shown) }),
    ...(begin === undefined ? {} : { begin, end: end ?? begin }),
    ...(begin === undefined && end !== undefined ? { begin: end, end } : {}),
    collections: ['root', sourceCollection(source), ...collections.map(({ id }) => setCollection(id))],
    ...(images[0] ? { image: images[0].id } : {}),
    sections: structure.map(({ images: of, parent }) => ({
      images: of.flatMap((sourceId) => bySource.get(sourceId) ?? []),
      ...(parent === undefined ? {} : { parent }),
    })),
  };
}

/** The year of an RFC 3339 time, also before the year 1. */
function yearOf(time: string | undefined): number | undefined {
  const year = Number(/^[+-]?\d{1,6}/.exec(time ?? '')?.[0] ?? Number.NaN);
  return Number.isInteger(year) ? year : undefined;
}

function plain(value: LanguageMap): LanguageMap {
  return Object.fromEntries(Object.entries(value).map(([language, texts]) => [language, texts.map(plainText)]));
}
