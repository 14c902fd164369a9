import type { AccessTable } from '@vitrine/access/access-table.ts';
import { Id } from '@vitrine/contracts/id.ts';
import { queryParameter, queryParameters } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { DEEPEST, FIELDS, type Field, SORTS, type Term } from '@vitrine/platform/text-index/port.ts';
import type { FastifyRequest } from 'fastify';
import { Check } from 'typebox/value';
import { searchQuery } from '../domain/content-search/search-query.ts';
import { labelName } from '../domain/entry/indexed-object.ts';
import { labelledTerms, queryTerms } from '../domain/entry/query-terms.ts';
import type { LanguagesInUse } from '../languages-in-use.ts';
import type { MuseumSearch } from '../search-museum.ts';
import { positiveInteger } from './search-request.ts';

const USUAL = 20;
const MOST = 100;
const MOST_FILTERS = 50;
/** Parameters that are keywords of objects, as they are. */
const KEYWORDS = ['source', 'type', 'rights', 'century', 'collection'] as const;

/** Where people may look; forms of words are kept without their place. */
const PLACES = FIELDS.filter((field) => field !== 'forms');

type Deps = {
  search: MuseumSearch;
  languages: Pick<LanguagesInUse, 'inUse'>;
  access: AccessTable;
  publicUrl: string;
  facetLabels: readonly string[];
};

/** `GET /api/v1/search`: objects by their words and by what is said of them. */
export function museumSearchRoute({ search, languages, access, publicUrl, facetLabels }: Deps): ServiceRoute {
  const labels = facetLabels.map((label) => `label.${labelName(label)}`);

  return {
    method: 'GET',
    path: '/api/v1/search',
    handle: async (request, reply) => {
      const q = queryParameter(request, 'q') ?? '';
      const clauses = searchQuery(q);
      const fields = placesOf(request);
      const inUse = await languages.inUse();
      const all = [
        ...clauses.map((clause) => queryTerms(clause, fields, inUse)),
        ...queryParameters(request, 'metadata').map((pair) => {
          const colon = pair.indexOf(':');
          if (colon < 1) throw new Problem('request-invalid', { detail: 'metadata is Label:words' });
          return labelledTerms(pair.slice(0, colon), pair.slice(colon + 1));
        }),
      ].flatMap((terms): (readonly Term[])[] => (terms ? [terms] : []));
      const keywords = [...KEYWORDS, ...labels].flatMap((name) => {
        const values = queryParameters(request, name);
        return values.length > 0 ? [values.map((value) => `${name}=${value}`)] : [];
      });
      if (all.length > MOST_FILTERS || keywords.flat().length > MOST_FILTERS)
        throw new Problem('request-invalid', { detail: `more than ${MOST_FILTERS} conditions` });
      const limit = positiveInteger(request, 'limit') ?? USUAL;
      if (limit > MOST) throw new Problem('request-invalid', { detail: `limit is at most ${MOST}` });
      const number = positiveInteger(request, 'page') ?? 1;
      const sort = sortOf(request);
      const after = afterOf(request);
      if (after !== undefined && (sort !== 'id' || number > 1))
        throw new Problem('request-invalid', { detail: 'after goes with sort=id, without page' });
      const from = (number - 1) * limit;
      if (from + limit > DEEPEST) throw new Problem('search-too-deep', { detail: `at most the first ${DEEPEST} objects` });
      const time = timeOf(request);
      const { answer, last, isMore } = await search(
        { all, keywords, sort, from, limit, ...(time ? { time } : {}), ...(after === undefined ? {} : { after }) },
        clauses,
      );
      const isFurther = from + 2 * limit <= DEEPEST;
      const address = (change: Readonly<Record<string, string>>) => changedAddress(publicUrl, request.url, change);
      return reply
        .header('cache-control', access.cacheControl('public, max-age=60'))
        .type('application/json')
        .send({
          q,
          ...answer,
          ...(number > 1 ? { prev: address({ page: String(number - 1) }) } : {}),
          ...(isMore && sort === 'id' && last !== undefined && number === 1
            ? { next: address({ after: last }) }
            : isMore && isFurther
              ? { next: address({ page: String(number + 1) }) }
              : {}),
        });
    },
  };
}

function placesOf(request: FastifyRequest): readonly Field[] {
  const asked = queryParameters(request, 'in');
  if (asked.some((name) => !PLACES.some((place) => place === name)))
    throw new Problem('request-invalid', { detail: `in is one of ${PLACES.join(', ')}` });
  return asked.length === 0 ? FIELDS : PLACES.filter((field) => asked.includes(field));
}

function sortOf(request: FastifyRequest) {
  const asked = queryParameter(request, 'sort') ?? 'relevance';
  const sort = SORTS.find((name) => name === asked);
  if (!sort) throw new Problem('request-invalid', { detail: `sort is one of ${SORTS.join(', ')}` });
  return sort;
}

function afterOf(request: FastifyRequest): string | undefined {
  const after = queryParameter(request, 'after');
  if (after !== undefined && !Check(Id, after)) throw new Problem('request-invalid', { detail: 'after is the id of an object' });
  return after;
}

function timeOf(request: FastifyRequest): { from: number; to: number } | undefined {
  const [from, to] = ['from', 'to'].map((name) => {
    const value = queryParameter(request, name);
    if (value !== undefined && !/^-?\d{1,6}$/.test(value)) throw new Problem('request-invalid', { detail: `${name} is a year` });
    return value === undefined ? undefined : Number(value);
  });
  if (from === undefined && to === undefined) return undefined;
  return { from: from ?? Number.MIN_SAFE_INTEGER, to: to ?? Number.MAX_SAFE_INTEGER };
}

/** The address that was asked for, with another place in the results. */
function changedAddress(publicUrl: string, asked: string, change: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(asked.includes('?') ? asked.slice(asked.indexOf('?') + 1) : '');
  for (const [name, value] of Object.entries(change)) parameters.set(name, value);
  return `${publicUrl}/api/v1/search?${parameters}`;
}
