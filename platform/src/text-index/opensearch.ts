// The text index at scale: OpenSearch. Words are taken out of a text by words.ts and indexed as they are, and spans are found by the same
// function in the stored text, so what matches and where never differ.
// Lost: nothing acknowledged, as far as the cluster keeps its word; findable a second later.

import { Problem } from '../problem.ts';
import { withDeadline } from '../with-deadline.ts';
import { openIndexAlias } from './opensearch-alias.ts';
import { demandOpenSearch, openSearchProblem } from './opensearch-problem.ts';
import type { TextIndex, TextMatch, TextQuery } from './port.ts';
import { clauseWords, findSpans, wordsOf } from './words.ts';

const CHECK = 3000;

/** Raised whenever an index of the former number can't be searched as this release does. */
export const INDEX_SCHEMA = 1;

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
      if (answered?.error) throw bulkProblem(answered.status ?? 500, answered.error);
    }
  }

  async function search({ group, clauses, limit, after }: TextQuery) {
    const wanted = clauses.map(clauseWords).filter((words) => words !== undefined);
    if (wanted.length === 0 || wanted.length < clauses.length) return { matches: [] };
    const { body } = await client.search({
      index: name,
      body: {
        size: limit + 1,
        track_total_hits: false,
        _source: ['order', 'text'],
        query: { bool: { filter: [{ term: { group } }, ...wanted.map((words) => ({ match_phrase: { words: words.join(' ') } }))] } },
        sort: [{ order: 'asc' }],
        ...(after === undefined ? {} : { search_after: [after] }),
      },
    });
    const matches = body.hits.hits.slice(0, limit).map(({ _id, _source = {} }): TextMatch => {
      const [order, text]: unknown[] = [Reflect.get(_source, 'order'), Reflect.get(_source, 'text')];
      return { id: String(_id), order: Number(order), spans: findSpans(String(text), wanted) };
    });
    const last = matches.at(-1);
    return body.hits.hits.length > limit && last ? { matches, next: last.order } : { matches };
  }

  return {
    put: (texts) =>
      guarded(() =>
        bulk(
          texts.flatMap(({ id, group, order, text }) => [
            { index: { _id: id } },
            {
              group,
              order,
              text,
              words: wordsOf(text)
                .map(({ folded }) => folded)
                .join(' '),
            },
          ]),
        ),
      ),
    delete: (ids) => guarded(() => bulk(ids.map((id) => ({ delete: { _id: id } })))),
    search: (query) => guarded(() => search(query)),
    count: () => guarded(async () => (await client.count({ index: name })).body.count),
    drop: () => guarded(() => alias.replaceByEmpty()),
    check: () => guarded(() => withDeadline('opensearch', CHECK, () => client.indices.existsAlias({ name }))).then(() => {}),
    close: () => client.close(),
  };
}

function bulkProblem(status: number, error: { type?: string; reason?: string | null }): Problem {
  const detail = `opensearch: ${error.type}: ${error.reason}`;
  // The text itself can't be indexed: all else is the engine's.
  return new Problem(status === 400 && error.type === 'mapper_parsing_exception' ? 'unexpected' : 'port-unavailable', { detail });
}
