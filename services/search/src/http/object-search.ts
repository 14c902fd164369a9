import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import { allowsText } from '../domain/content-search/search-filters.ts';
import { searchQuery } from '../domain/content-search/search-query.ts';
import { complete, mostFrequent } from '../domain/object-index/complete.ts';
import { rangeImages } from '../domain/range-images.ts';
import { findInObject, suggestionsFor } from '../find-in-object.ts';
import type { SearchedObject, SearchedObjects } from '../searched-objects.ts';
import type { Stores } from '../stores.ts';
import { mostCompletions, positiveInteger, searchAddress, searchFilters } from './search-request.ts';
import { SEARCH_VERSIONS, type SearchVersion } from './search-versions.ts';

type Deps = { stores: Pick<Stores, 'descriptions'>; searched: SearchedObjects; access: AccessTable; publicUrl: string };

/** What is searched: an object or a part of it, below which address. */
type Scope = { readonly base: string; readonly opened: SearchedObject | undefined; readonly isSearched: (page: number) => boolean };

const NOTHING = { hits: [], total: { lines: 0, hits: 0 }, before: { lines: 0, hits: 0 } };

/** Content Search within a manifest or a range of it: 2.0, and 1.0 made of the same; and what may be searched for there. */
export function objectSearchRoutes({ stores, searched, access, publicUrl }: Deps): readonly ServiceRoute[] {
  async function manifestScope(request: FastifyRequest, version: SearchVersion): Promise<Scope> {
    const object = pathParameter(request, 'object');
    await access.demand(object);
    const base = `${publicUrl}/iiif/search/${version.number}/manifests/${object}`;
    return { base, opened: await searched.open(object), isSearched: () => true };
  }

  async function rangeScope(request: FastifyRequest, version: SearchVersion): Promise<Scope> {
    const [object, range] = [pathParameter(request, 'object'), pathParameter(request, 'range')];
    await access.demand(object);
    const opened = await searched.open(object);
    const images = rangeImages((await stores.descriptions.get(object))?.sections ?? [], Number(range) - 1);
    if (!images) throw new Problem('range-not-found', { detail: `${object}, ${range}` });
    const pages = opened?.index.pages.map(({ image }) => images.has(image)) ?? [];
    const base = `${publicUrl}/iiif/search/${version.number}/ranges/${object}/${range}`;
    return { base, opened, isSearched: (page) => pages[page] ?? false };
  }

  async function results(request: FastifyRequest, version: SearchVersion, { base, opened, isSearched }: Scope) {
    const q = queryParameter(request, 'q') ?? '';
    const { filters, ignored } = searchFilters(request);
    const number = positiveInteger(request, 'page') ?? 1;
    const clauses = searchQuery(q);
    const searchedFor = opened && clauses.length > 0 && allowsText(filters) ? opened : undefined;
    const slice = { from: (number - 1) * version.hits, limit: version.hits };
    const { hits, total, before } = searchedFor
      ? await findInObject(searched, publicUrl, searchedFor, clauses, slice, isSearched)
      : NOTHING;
    const last = Math.max(1, Math.min(version.pages, Math.ceil(total.hits / version.hits)));
    if (number > last) throw new Problem('search-page-not-found', { detail: `page ${number} of ${last}` });
    const address = (page: number) => searchAddress(base, { q, ...filters, page: page === 1 ? undefined : String(page) });
    return {
      id: address(number),
      first: address(1),
      last: address(last),
      previous: number > 1 ? address(number - 1) : undefined,
      next: number < last ? address(number + 1) : undefined,
      total,
      before,
      ignored,
      hits,
      suggestions: searchedFor
        ? suggestionsFor(searchedFor, clauses, total.hits, isSearched, (other) => searchAddress(base, { q: other, ...filters }))
        : [],
    };
  }

  function completions(request: FastifyRequest, { base, opened, isSearched }: Scope) {
    const q = queryParameter(request, 'q') ?? '';
    const { filters, ignored } = searchFilters(request);
    const least = positiveInteger(request, 'min');
    // The same bounds as a search has.
    searchQuery(q);
    const totals =
      opened && allowsText(filters)
        ? complete(opened.index, q, (page) => isSearched(page) && opened.canvasOf(page) !== undefined)
        : new Map<string, number>();
    return {
      id: searchAddress(`${base}/autocomplete`, { q, ...filters, min: least === undefined ? undefined : String(least) }),
      searchFor: (value: string) => searchAddress(base, { q: value, ...filters }),
      items: mostFrequent(totals, least ?? 1, mostCompletions),
      isWhole: true,
      ignored,
    };
  }

  return SEARCH_VERSIONS.flatMap((version) =>
    [
      { path: `/iiif/search/${version.number}/manifests/:object`, scope: manifestScope },
      { path: `/iiif/search/${version.number}/ranges/:object/:range`, scope: rangeScope },
    ].flatMap(({ path, scope }): ServiceRoute[] => {
      const route = (at: string, write: (request: FastifyRequest, scope: Scope) => Promise<object> | object): ServiceRoute => ({
        method: 'GET',
        path: at,
        handle: async (request, reply) => {
          const document = await write(request, await scope(request, version));
          return reply
            .header('cache-control', access.cacheControl('public, max-age=60'))
            .type(version.mediaType)
            .send(JSON.stringify(document));
        },
      });
      return [
        route(path, async (request, where) => version.writeResults(await results(request, version, where))),
        route(`${path}/autocomplete`, (request, where) => version.writeTerms(completions(request, where))),
      ];
    }),
  );
}
