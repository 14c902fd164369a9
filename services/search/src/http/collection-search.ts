import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Id } from '@vitrine/contracts/id.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import { Check } from 'typebox/value';
import { allowsText } from '../domain/content-search/search-filters.ts';
import { searchQuery } from '../domain/content-search/search-query.ts';
import { mostFrequent } from '../domain/object-index/complete.ts';
import type { CollectionSearch, Position } from '../find-in-collection.ts';
import { mostCompletions, positiveInteger, searchAddress, searchFilters } from './search-request.ts';
import { SEARCH_VERSIONS, type SearchVersion } from './search-versions.ts';

type Deps = { collections: CollectionSearch; access: AccessTable; publicUrl: string };

/** Content Search within the objects of a collection; nobody counts all that there is. */
export function collectionSearchRoutes({ collections, access, publicUrl }: Deps): readonly ServiceRoute[] {
  const baseOf = ({ number }: SearchVersion, collection: string) => `${publicUrl}/iiif/search/${number}/collections/${collection}`;

  async function results(request: FastifyRequest, version: SearchVersion) {
    const collection = pathParameter(request, 'collection');
    const q = queryParameter(request, 'q') ?? '';
    const { filters, ignored } = searchFilters(request);
    const at = queryParameter(request, 'at');
    const clauses = searchQuery(q);
    const position = at === undefined ? undefined : readPosition(at);
    const found = allowsText(filters) ? await collections.find({ collection, clauses, position, limit: version.hits }) : { hits: [] };
    if (found.hits.length === 0 && position === undefined) await collections.demand(collection);
    const address = (from?: string) => searchAddress(baseOf(version, collection), { q, ...filters, at: from });
    return {
      id: address(at),
      first: address(),
      last: undefined,
      previous: undefined,
      next: found.next ? address(writePosition(found.next)) : undefined,
      total: undefined,
      before: undefined,
      ignored,
      hits: found.hits,
      suggestions: [],
    };
  }

  async function completions(request: FastifyRequest, version: SearchVersion) {
    const collection = pathParameter(request, 'collection');
    const q = queryParameter(request, 'q') ?? '';
    const { filters, ignored } = searchFilters(request);
    const least = positiveInteger(request, 'min');
    searchQuery(q);
    const { totals, isWhole } = allowsText(filters) ? await collections.completions(collection, q) : { totals: new Map(), isWhole: true };
    if (totals.size === 0) await collections.demand(collection);
    const base = baseOf(version, collection);
    return {
      id: searchAddress(`${base}/autocomplete`, { q, ...filters, min: least === undefined ? undefined : String(least) }),
      searchFor: (value: string) => searchAddress(base, { q: value, ...filters }),
      items: mostFrequent(totals, least ?? 1, mostCompletions),
      isWhole,
      ignored,
    };
  }

  return SEARCH_VERSIONS.flatMap((version) => {
    const path = `/iiif/search/${version.number}/collections/:collection`;
    const route = (at: string, write: (request: FastifyRequest) => Promise<object>): ServiceRoute => ({
      method: 'GET',
      path: at,
      handle: async (request, reply) =>
        reply
          .header('cache-control', access.cacheControl('public, max-age=60'))
          .type(version.mediaType)
          .send(JSON.stringify(await write(request))),
    });
    return [
      route(path, async (request) => version.writeResults(await results(request, version))),
      route(`${path}/autocomplete`, async (request) => version.writeTerms(await completions(request, version))),
    ];
  });
}

const writePosition = ({ object, hit }: Position): string => (hit === undefined ? object : `${object}:${hit}`);

/** @throws Problem `request-invalid` */
function readPosition(at: string): Position {
  const [object = '', hit, more] = at.split(':');
  if (more !== undefined || !Check(Id, object) || (hit !== undefined && !/^\d{1,9}$/.test(hit)))
    throw new Problem('request-invalid', { detail: 'at is what `next` of the page before says' });
  return { object, ...(hit === undefined ? {} : { hit: Number(hit) }) };
}
