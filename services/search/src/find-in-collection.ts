import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { type Hit, hitOf, type ManifestName } from './domain/content-search/hits.ts';
import type { Clause } from './domain/content-search/search-query.ts';
import { queryTerms } from './domain/entry/query-terms.ts';
import { complete } from './domain/object-index/complete.ts';
import { findRanges } from './domain/object-index/find-ranges.ts';
import type { LanguagesInUse } from './languages-in-use.ts';
import type { SearchedObject, SearchedObjects } from './searched-objects.ts';
import type { Stores } from './stores.ts';

/** Objects that one request looks into, and words of them; the next page goes on behind them. */
const MOST_OBJECTS = 100;
const MOST_UNITS = 5_000_000;
const AT_ONCE = 10;

type Deps = {
  stores: Pick<Stores, 'descriptions'>;
  searched: SearchedObjects;
  textIndex: TextIndex;
  languages: Pick<LanguagesInUse, 'inUse'>;
  access: AccessTable;
  publicUrl: string;
};

/** Where a page of results begins: at a match of an object, or behind the object where it says none. */
export type Position = { readonly object: string; readonly hit?: number };

type Query = {
  readonly collection: string;
  readonly clauses: readonly Clause[];
  readonly position: Position | undefined;
  readonly limit: number;
};

/** Searches the objects of a collection, one after the other by their identifiers: those that the text index names, each by its own words. */
export function searchCollections({ stores, searched, textIndex, languages, access, publicUrl }: Deps) {
  const inCollection = (collection: string) => [[`collection=${collection}`]];

  async function named(collection: string, clauses: readonly Clause[], after: string | undefined, limit: number) {
    const inUse = await languages.inUse();
    const all = clauses.map((clause) => queryTerms(clause, ['text', 'forms'], inUse));
    const terms = all.flatMap((any) => (any ? [any] : []));
    if (terms.length < all.length || terms.length === 0) return { ids: [], total: 0 };
    return textIndex.search({
      all: terms,
      keywords: inCollection(collection),
      sort: 'id',
      from: 0,
      limit,
      facets: [],
      ...(after === undefined ? {} : { after }),
    });
  }

  /** @throws Problem `collection-not-found` */
  async function demand(collection: string): Promise<void> {
    const { total } = await textIndex.search({
      all: [],
      keywords: inCollection(collection),
      sort: 'id',
      from: 0,
      limit: 1,
      facets: [],
    });
    if (total === 0) throw new Problem('collection-not-found', { detail: collection });
  }

  /** Undefined of one that may not be seen, or that has gone since the index named it. */
  async function openAllowed(object: string): Promise<SearchedObject | undefined> {
    return (await access.allows(object)) ? searched.openFound(object) : undefined;
  }

  async function find({ collection, clauses, position, limit }: Query): Promise<{ hits: Hit[]; next?: Position }> {
    const hits: Hit[] = [];
    let start = position?.hit === undefined ? undefined : position;
    let after = position?.hit === undefined ? position?.object : undefined;
    let units = 0;
    for (let looked = 0; looked < MOST_OBJECTS && units < MOST_UNITS; ) {
      const ids = start ? [start.object] : (await named(collection, clauses, after, AT_ONCE)).ids;
      for (const object of ids) {
        const from = start?.hit ?? 0;
        start = undefined;
        looked++;
        after = object;
        const opened = await openAllowed(object);
        if (!opened) continue;
        units += opened.index.units;
        const ranges = findRanges(opened.index, clauses, (page) => opened.canvasOf(page) !== undefined);
        const wanted = ranges.slice(from, from + limit - hits.length);
        const manifest = wanted.length > 0 ? await manifestOf(object) : undefined;
        for (const range of wanted) hits.push(hitOf(publicUrl, object, await searched.piecesOf(opened, range), manifest));
        if (from + wanted.length < ranges.length) return { hits, next: { object, hit: from + wanted.length } };
      }
      if (ids.length === 0) return { hits };
      if (hits.length === limit) return { hits, next: { object: after ?? '' } };
    }
    return { hits, ...(after === undefined ? {} : { next: { object: after } }) };
  }

  async function manifestOf(object: string): Promise<ManifestName> {
    const label = (await stores.descriptions.get(object))?.label ?? { none: [object] };
    return { id: `${publicUrl}/iiif/presentation/3/manifests/${object}`, label };
  }

  /** How often what was begun goes on in which way. `isWhole` is false where there are more objects than are looked into: then the counts are no totals. */
  async function completions(collection: string, begun: string): Promise<{ totals: Map<string, number>; isWhole: boolean }> {
    const terms = queryTerms({ kind: 'phrase', text: begun }, ['text'], [])?.map((term) => ({ ...term, isPrefix: true }));
    if (!terms) return { totals: new Map(), isWhole: true };
    const { ids, total } = await textIndex.search({
      all: [terms],
      keywords: inCollection(collection),
      sort: 'relevance',
      from: 0,
      limit: MOST_OBJECTS,
      facets: [],
    });
    const totals = new Map<string, number>();
    let [looked, units] = [0, 0];
    for (const object of ids) {
      if (units >= MOST_UNITS) break;
      looked++;
      const opened = await openAllowed(object);
      if (!opened) continue;
      units += opened.index.units;
      for (const [value, count] of complete(opened.index, begun, (page) => opened.canvasOf(page) !== undefined))
        totals.set(value, (totals.get(value) ?? 0) + count);
    }
    return { totals, isWhole: total <= looked };
  }

  return { demand, find, completions };
}

export type CollectionSearch = ReturnType<typeof searchCollections>;
