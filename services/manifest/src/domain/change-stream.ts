import type { StreamEntry } from '../stores.ts';
import { addresses } from './addresses.ts';
import { PRESENTATION_3 } from './made-manifest.ts';
import { PRESENTATION_2 } from './presentation-2/downgrade-presentation.ts';

export const DISCOVERY_1 = 'http://iiif.io/api/discovery/1/context.json';

const PROFILES = { 2: PRESENTATION_2, 3: PRESENTATION_3 } as const;

/** Change Discovery 1.0, 3.1: the whole stream. Without anything in it there is no page to name. */
export function changeCollection(publicUrl: string, newest: number, totalItems: number) {
  const { changes, changesPage } = addresses(publicUrl);
  return {
    '@context': DISCOVERY_1,
    id: changes,
    type: 'OrderedCollection',
    totalItems,
    ...(newest === 0
      ? {}
      : { first: { id: changesPage(1), type: 'OrderedCollectionPage' }, last: { id: changesPage(newest), type: 'OrderedCollectionPage' } }),
  };
}

type Page = { readonly number: number; readonly before: number; readonly entries: readonly StreamEntry[]; readonly isNewest: boolean };

/** 3.2: a page, the oldest first; one that is not the newest is written the same for ever. */
export function changePage(publicUrl: string, { number, before, entries, isNewest }: Page) {
  const { changes, changesPage } = addresses(publicUrl);
  const link = (page: number) => ({ id: changesPage(page), type: 'OrderedCollectionPage' });
  return {
    '@context': DISCOVERY_1,
    id: changesPage(number),
    type: 'OrderedCollectionPage',
    startIndex: before,
    partOf: { id: changes, type: 'OrderedCollection' },
    ...(number > 1 ? { prev: link(number - 1) } : {}),
    ...(isNewest ? {} : { next: link(number + 1) }),
    orderedItems: entries.flatMap((entry) => ([3, 2] as const).flatMap((version) => activity(entry, version) ?? [])),
  };
}

/** What happened to a version of a manifest: undefined where it neither was nor is there. */
function typeOf({ before, versions, from }: StreamEntry, version: 2 | 3): 'Create' | 'Update' | 'Move' | 'Delete' | undefined {
  const [was, is] = [before.includes(version), versions.includes(version)];
  if (!was) return is ? 'Create' : undefined;
  if (!is) return 'Delete';
  return from === undefined ? 'Update' : 'Move';
}

/** A change as one activity: of the newest version that it is about. */
export const changeActivity = (entry: StreamEntry) => activity(entry, 3) ?? activity(entry, 2);

/** 3.3, and 4.3: each version of a manifest is a resource of its own, with an activity of its own; what they have in common is the record. */
function activity(entry: StreamEntry, version: 2 | 3) {
  const { object, revision, time, publicUrl, from, record } = entry;
  const type = typeOf(entry, version);
  if (!type) return undefined;
  const manifest = (base: string) => ({
    id: version === 3 ? addresses(base).manifest(object) : addresses(base).manifest2(object),
    type: 'Manifest',
    format: `application/ld+json;profile="${PROFILES[version]}"`,
    ...(record !== undefined && /^https?:/.test(record) && type !== 'Delete' ? { seeAlso: [{ id: record, type: 'Dataset' }] } : {}),
  });
  return {
    id: `${addresses(publicUrl).changes}#${object}@${revision}-${version}`,
    type,
    object: manifest(type === 'Create' ? publicUrl : (from ?? publicUrl)),
    ...(type === 'Move' ? { target: manifest(publicUrl) } : {}),
    endTime: new Date(time).toISOString(),
  };
}
