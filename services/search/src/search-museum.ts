import type { AccessTable } from '@vitrine/access/access-table.ts';
import { DEEPEST, type ObjectQuery, type TextIndex } from '@vitrine/platform/text-index/port.ts';
import { hitOf } from './domain/content-search/hits.ts';
import type { Clause } from './domain/content-search/search-query.ts';
import { labelName } from './domain/entry/indexed-object.ts';
import { matchingValues } from './domain/entry/matching-values.ts';
import { findRanges } from './domain/object-index/find-ranges.ts';
import type { ObjectIndex } from './domain/object-index/object-index.ts';
import type { UnitRange, UnitRanges } from './domain/object-index/unit-ranges.ts';
import type { SearchedObjects } from './searched-objects.ts';
import type { CanvasDocument, Stores } from './stores.ts';

const MOST_SNIPPETS = 3;
const MOST_VALUES = 5;
const MOST_OF_FACET = 20;
const THUMBNAIL = 250;
/** Objects that are looked at together for whether they may be seen. */
const AT_ONCE = 200;

/** Keywords that results are counted by; others are those of configured labels. */
const FACETS = ['source', 'type', 'rights', 'century'] as const;

type Deps = {
  stores: Pick<Stores, 'descriptions' | 'canvases'>;
  searched: SearchedObjects;
  textIndex: TextIndex;
  access: AccessTable;
  publicUrl: string;
  facetLabels: readonly string[];
};

/** Searches everything that the museum has published: names, metadata and texts. */
export function searchMuseum({ stores, searched, textIndex, access, publicUrl, facetLabels }: Deps) {
  const facets = [...FACETS, ...facetLabels.map((label) => `label.${labelName(label)}`)];

  /** Where anything is closed, nothing may be told of what may not be seen: it is neither counted nor a reason to leaf on. */
  async function findAllowed(query: Omit<ObjectQuery, 'facets'>) {
    const { from, limit } = query;
    const ids: string[] = [];
    let { after } = query;
    for (let looked = 0; ids.length <= from + limit && looked < DEEPEST; looked += AT_ONCE) {
      const page = { ...query, facets: [], from: looked, limit: AT_ONCE, ...(after === undefined ? {} : { after }) };
      const found = await textIndex.search(page);
      const allowed = await Promise.all(found.ids.map((id) => access.allows(id)));
      ids.push(...found.ids.filter((_, place) => allowed[place]));
      if (found.ids.length < AT_ONCE) break;
      if (after !== undefined) after = found.ids.at(-1);
    }
    return { ids: ids.slice(from, from + limit), isMore: ids.length > from + limit, counted: {} };
  }

  async function findOpen(query: Omit<ObjectQuery, 'facets'>) {
    const { from, limit, after } = query;
    const {
      ids,
      total,
      facets: counts,
    } = await textIndex.search({ ...query, facets: facets.map((name) => ({ name, limit: MOST_OF_FACET })) });
    const isMore = after === undefined ? from + limit < total : ids.length === limit;
    return { ids, isMore, counted: { total, facets: Object.fromEntries(counts) } };
  }

  /** Without those that are no longer there. */
  async function describe(objects: readonly string[]) {
    const descriptions = await stores.descriptions.getMany(objects);
    const canvases = await stores.canvases.getMany(descriptions.map((description) => description?.image ?? ''));
    return objects.flatMap((object, place) => {
      const description = descriptions[place];
      return description ? [{ object, description, canvas: canvases[place] }] : [];
    });
  }

  async function view({ object, description, canvas }: Awaited<ReturnType<typeof describe>>[number], clauses: readonly Clause[]) {
    const { label, source, date, rights, image } = description;
    const thumbnail = thumbnailOf(image, canvas);
    return {
      id: object,
      label,
      source,
      ...(date === undefined ? {} : { date }),
      ...(rights === undefined ? {} : { rights }),
      ...(thumbnail === undefined ? {} : { thumbnail }),
      manifest: `${publicUrl}/iiif/presentation/3/manifests/${object}`,
      page: `${publicUrl}/objects/${object}`,
      metadata: matchingValues(description, clauses, MOST_VALUES),
      ...(await textOf(object, clauses)),
    };
  }

  /** What its text has of a query: on pages that have all of it, else each word by itself. */
  async function textOf(object: string, clauses: readonly Clause[]) {
    const opened = clauses.length > 0 ? await searched.openFound(object) : undefined;
    if (!opened) return { matches: 0, snippets: [] };
    const find = (some: readonly Clause[]) => findRanges(opened.index, some, (page) => opened.canvasOf(page) !== undefined);
    const found = find(clauses);
    const shown =
      found.length > 0 || clauses.length === 1
        ? onFirstPage(opened.index, found)
        : clauses.slice(0, MOST_SNIPPETS).flatMap((clause) => [...find([clause]).slice(0, 1)]);
    const snippets = [];
    for (const range of shown) {
      const { prefix, exact, suffix, lines } = hitOf(publicUrl, object, await searched.piecesOf(opened, range));
      const [first] = lines;
      snippets.push({ prefix, exact, suffix, ...(first ? { canvas: `${first.canvas}#${first.fragment}` } : {}) });
    }
    return { matches: found.length, snippets };
  }

  function thumbnailOf(image: string | undefined, canvas: CanvasDocument | undefined): string | undefined {
    if (!canvas?.shown) return undefined;
    const service = canvas.isOurs ? `${publicUrl}/iiif/image/3/${image}` : canvas.service;
    return service === undefined ? undefined : `${service}/full/!${THUMBNAIL},${THUMBNAIL}/0/default.jpg`;
  }

  return async (query: Omit<ObjectQuery, 'facets'>, clauses: readonly Clause[]) => {
    const { ids, isMore, counted } = await (access.isOpen ? findOpen(query) : findAllowed(query));
    const items = await Promise.all((await describe(ids)).map((one) => view(one, clauses)));
    return { answer: { ...counted, items }, last: ids.at(-1), isMore };
  };
}

/** One page is read for an object: there are many objects in an answer. */
function onFirstPage(index: ObjectIndex, ranges: UnitRanges): UnitRange[] {
  const some = [...ranges.slice(0, MOST_SNIPPETS)];
  const [first] = some;
  return first ? some.filter((range) => index.pageOf(range.first) === index.pageOf(first.first)) : [];
}

export type MuseumSearch = ReturnType<typeof searchMuseum>;
