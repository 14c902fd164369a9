import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { Found, ObjectQuery, TextIndex } from '@vitrine/platform/text-index/port.ts';
import type { Clause } from './domain/content-search/search-query.ts';
import { labelName } from './domain/entry/indexed-object.ts';
import { matchingValues } from './domain/entry/matching-values.ts';
import { findInObject } from './find-in-object.ts';
import type { SearchedObjects } from './searched-objects.ts';
import type { Description, Stores } from './stores.ts';

const MOST_SNIPPETS = 3;
const MOST_VALUES = 5;
const MOST_OF_FACET = 20;
const THUMBNAIL = 250;

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

  /** Undefined of one that may not be seen, or is no longer there. */
  async function view(object: string, clauses: readonly Clause[]) {
    if (!(await access.allows(object))) return undefined;
    const description = await stores.descriptions.get(object);
    if (!description) return undefined;
    const { label, source, date, rights } = description;
    const [thumbnail, inText] = await Promise.all([thumbnailOf(description), textOf(object, clauses)]);
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
      ...inText,
    };
  }

  /** What its text has of a query: on pages that have all of it, else each word by itself. */
  async function textOf(object: string, clauses: readonly Clause[]) {
    const opened = clauses.length > 0 ? await searched.openFound(object) : undefined;
    if (!opened) return { matches: 0, snippets: [] };
    const find = (some: readonly Clause[]) =>
      findInObject(searched, publicUrl, opened, some, { from: 0, limit: MOST_SNIPPETS }, () => true);
    let found = await find(clauses);
    if (found.hits.length === 0 && clauses.length > 1) {
      const apart = [];
      for (const clause of clauses) apart.push(await find([clause]));
      const hits = apart.flatMap(({ hits: [first] }) => (first ? [first] : []));
      found = { ...found, hits: hits.slice(0, MOST_SNIPPETS) };
    }
    return {
      matches: found.total.hits,
      snippets: found.hits.map(({ prefix, exact, suffix, lines: [first] }) => ({
        prefix,
        exact,
        suffix,
        ...(first ? { canvas: `${first.canvas}#${first.fragment}` } : {}),
      })),
    };
  }

  async function thumbnailOf({ image }: Description): Promise<string | undefined> {
    const canvas = image === undefined ? undefined : await stores.canvases.get(image);
    if (!canvas?.shown) return undefined;
    const service = canvas.isOurs ? `${publicUrl}/iiif/image/3/${image}` : canvas.service;
    return service === undefined ? undefined : `${service}/full/!${THUMBNAIL},${THUMBNAIL}/0/default.jpg`;
  }

  return async (query: Omit<ObjectQuery, 'facets'>, clauses: readonly Clause[]) => {
    // What is counted must not tell of what may not be seen: where anything is closed, nothing is counted.
    const counted = access.isOpen ? facets.map((name) => ({ name, limit: MOST_OF_FACET })) : [];
    const found: Found = await textIndex.search({ ...query, facets: counted });
    const items = (await Promise.all(found.ids.map((id) => view(id, clauses)))).filter((item) => item !== undefined);
    return {
      ...(access.isOpen ? { total: found.total, facets: Object.fromEntries(found.facets) } : {}),
      last: found.ids.at(-1),
      found: found.total,
      items,
    };
  };
}

export type MuseumSearch = ReturnType<typeof searchMuseum>;
