// The text index at scale: OpenSearch. Words are compared as they were put: its analyzer only parts them at spaces.
// Lost: nothing acknowledged, as far as the cluster keeps its word; findable a second later.

import { Problem } from '../problem.ts';
import { withDeadline } from '../with-deadline.ts';
import { openIndexAlias } from './opensearch-alias.ts';
import { demandOpenSearch, openSearchProblem } from './opensearch-problem.ts';
import { FIELDS, type Field, type Found, type IndexedObject, type ObjectQuery, type Sort, type Term, type TextIndex } from './port.ts';

const CHECK = 3000;
/** Characters that are put at once: a request has an upper limit of 100 MB. */
const BULK = 8_000_000;

/** Words that the beginning of one stands for, at the end of several. */
const EXPANSIONS = 1000;

const ORDERS: Readonly<Record<Sort, readonly Record<string, { order: 'asc' | 'desc'; missing?: string }>[]>> = {
  relevance: [{ _score: { order: 'desc' } }, { id: { order: 'asc' } }],
  id: [{ id: { order: 'asc' } }],
  title: [{ title: { order: 'asc' } }, { id: { order: 'asc' } }],
  oldest: [{ begin: { order: 'asc', missing: '_last' } }, { id: { order: 'asc' } }],
  newest: [{ end: { order: 'desc', missing: '_last' } }, { id: { order: 'asc' } }],
};
/** What the title says weighs most, and forms of a word less than the word. */
const WEIGHTS: Readonly<Record<Field, number>> = { label: 8, metadata: 4, text: 1, forms: 0.5 };

/** Raised whenever an index of the former number can't be searched as this release does. */
export const INDEX_SCHEMA = 2;

/**
 * @param url `https://[user:password@]host[:port][/name]`; the name of the alias, by default `vitrine-text`
 * @throws Problem `engine-unfit`, `engine-refused`, `port-unavailable`, `configuration-invalid`
 */
export async function openOpenSearchTextIndex(url: string, schema = INDEX_SCHEMA): Promise<TextIndex> {
  const parsed = URL.parse(url);
  if (!parsed) throw new Problem('configuration-invalid', { detail: 'VITRINE_INDEX is not https://host[:port][/name]' });
  const { Client } = await import('@opensearch-project/opensearch');
  const name = parsed.pathname.replaceAll('/', '') || 'vitrine-text';
  const auth = { username: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password) };
  const client = new Client({
    node: parsed.origin,
    ...(auth.username === '' ? {} : { auth }),
    requestTimeout: 15_000,
    maxRetries: 1,
  });
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw openSearchProblem(thrown);
    }
  };
  let alias: Awaited<ReturnType<typeof openIndexAlias>>;
  try {
    await guarded(() => demandOpenSearch(client));
    alias = await guarded(() => openIndexAlias(client, name, schema));
  } catch (thrown) {
    await client.close();
    throw thrown;
  }

  async function bulk(operations: readonly Record<string, unknown>[]): Promise<void> {
    if (operations.length === 0) return;
    const { body } = await client.bulk({ index: name, require_alias: true, body: [...operations] });
    if (!body.errors) return;
    for (const item of body.items) {
      const answered = Object.values(item)[0];
      // A newer one is there.
      if (answered?.error && answered.status !== 409) throw bulkProblem(answered.status ?? 500, answered.error);
    }
  }

  async function search({ all, keywords, time, sort, from, limit, after, facets }: ObjectQuery): Promise<Found> {
    const { body } = await client.search({
      index: name,
      body: {
        size: limit,
        ...(after === undefined ? { from } : { search_after: [after] }),
        track_total_hits: true,
        _source: false,
        query: {
          bool: {
            must: all.map((any) => ({
              dis_max: { queries: any.flatMap(({ fields, ...row }) => fields.map((field) => matching(field, row))) },
            })),
            filter: [
              ...keywords.map((any) => ({ terms: { keywords: [...any] } })),
              ...(time ? [{ range: { begin: { lte: time.to } } }, { range: { end: { gte: time.from } } }] : []),
            ],
          },
        },
        sort: [...ORDERS[sort]],
        aggs: Object.fromEntries(
          facets.map(({ name: facet, limit: most }, n) => [
            `f${n}`,
            {
              terms: {
                field: 'keywords',
                include: `${escaped(facet)}=.*`,
                size: most,
                order: [{ _count: 'desc' as const }, { _key: 'asc' as const }],
              },
            },
          ]),
        ),
      },
    });
    const total = body.hits.total;
    return {
      ids: body.hits.hits.map(({ _id }) => String(_id)),
      total: typeof total === 'number' ? total : (total?.value ?? 0),
      facets: new Map(facets.map(({ name: facet }, n) => [facet, bucketsOf(body.aggregations?.[`f${n}`], facet.length + 1)] as const)),
    };
  }

  return {
    put: (objects) =>
      guarded(async () => {
        for (const part of partsOf(objects))
          await bulk(
            part.flatMap(({ id, revision, words, ...rest }) => [
              { index: { _id: id, version: revision, version_type: 'external_gte' } },
              { id, ...words, ...rest },
            ]),
          );
      }),
    delete: (objects) =>
      guarded(() => bulk(objects.map(({ id, revision }) => ({ delete: { _id: id, version: revision, version_type: 'external_gte' } })))),
    search: (query) => guarded(() => search(query)),
    count: () => guarded(async () => (await client.count({ index: name })).body.count),
    drop: () => guarded(() => alias.replaceByEmpty()),
    check: () => guarded(() => withDeadline('opensearch', CHECK, () => client.indices.existsAlias({ name }))).then(() => {}),
    close: () => client.close(),
  };
}

function partsOf(objects: readonly IndexedObject[]): IndexedObject[][] {
  const parts: IndexedObject[][] = [];
  let room = 0;
  for (const object of objects) {
    const size = FIELDS.reduce((sum, field) => sum + object.words[field].length, 0);
    if (size > room || parts.length === 0) {
      parts.push([]);
      room = BULK;
    }
    parts.at(-1)?.push(object);
    room -= size;
  }
  return parts;
}

function matching(field: Field, { words, isPrefix }: Omit<Term, 'fields'>) {
  const boost = WEIGHTS[field];
  const [only = '', more] = words;
  if (isPrefix && more === undefined) return { prefix: { [field]: { value: only, boost } } };
  if (isPrefix) return { match_phrase_prefix: { [field]: { query: words.join(' '), boost, max_expansions: EXPANSIONS } } };
  return more === undefined
    ? { term: { [field]: { value: only, boost } } }
    : { match_phrase: { [field]: { query: words.join(' '), boost } } };
}

/** A name within a regular expression of Lucene. */
const escaped = (name: string): string => name.replace(/[^\p{L}\p{N}]/gu, '\\$&');

function bucketsOf(aggregation: unknown, skipped: number): { value: string; count: number }[] {
  const buckets: unknown = typeof aggregation === 'object' && aggregation !== null ? Reflect.get(aggregation, 'buckets') : undefined;
  if (!Array.isArray(buckets)) return [];
  return buckets.map((bucket: { key?: unknown; doc_count?: unknown }) => ({
    value: String(bucket.key).slice(skipped),
    count: Number(bucket.doc_count),
  }));
}

function bulkProblem(status: number, error: { type?: string; reason?: string | null }): Problem {
  const detail = `opensearch: ${error.type}: ${error.reason}`;
  // The text itself can't be indexed: all else is the engine's.
  return new Problem(status === 400 && error.type === 'mapper_parsing_exception' ? 'unexpected' : 'port-unavailable', { detail });
}
