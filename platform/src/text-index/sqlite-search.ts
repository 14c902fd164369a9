import type { DatabaseSync } from 'node:sqlite';
import type { Found, ObjectQuery, Sort, Term } from './port.ts';

/** Of the fields in their order: what the title says weighs most, and forms of a word less than the word. */
const WEIGHTS = '8.0, 4.0, 1.0, 0.5';

/** Kinds of rows of an answer, beside the facets by their places. */
const RESULT = -2;
const TOTAL = -1;

const ORDERS: Readonly<Record<Sort, string>> = {
  relevance: 'matching.rank, object.id',
  id: 'object.id',
  title: 'object.title, object.id',
  oldest: 'object.begins IS NULL, object.begins, object.id',
  newest: 'object.ends IS NULL, object.ends DESC, object.id',
};

/** What matches is found once, for the results and for all that is counted of it. */
export function searchSqlite(database: DatabaseSync, query: ObjectQuery): Found {
  const { from, limit, after, facets } = query;
  const { matching, parameters, order } = conditionsOf(query);
  const found = database
    .prepare(
      `WITH matching AS MATERIALIZED (${matching}),
      results AS (
        SELECT ${RESULT} AS kind, object.id AS value, row_number() OVER (ORDER BY ${order}) AS number FROM matching JOIN object USING (row)
        ${after === undefined ? '' : 'WHERE object.id > ?'} ORDER BY number LIMIT ? OFFSET ?)
      SELECT * FROM results UNION ALL SELECT ${TOTAL}, '', count(*) FROM matching
      ${facets
        .map(
          (_, kind) => `UNION ALL SELECT * FROM (
            SELECT ${kind}, value, count(*) AS number FROM matching JOIN object_keyword USING (row)
            WHERE value >= ? AND value < ? GROUP BY value ORDER BY number DESC, value LIMIT ?)`,
        )
        .join(' ')}`,
    )
    .all(
      ...parameters,
      ...(after === undefined ? [] : [after]),
      limit,
      after === undefined ? from : 0,
      ...facets.flatMap(({ name, limit: most }) => [`${name}=`, `${name}=\u{10ffff}`, most]),
    )
    .map(({ kind, value, number }) => ({ kind: Number(kind), value: String(value), number: Number(number) }));
  const of = (wanted: number) => found.filter(({ kind }) => kind === wanted);
  return {
    ids: of(RESULT)
      .sort((a, b) => a.number - b.number)
      .map(({ value }) => value),
    total: of(TOTAL)[0]?.number ?? 0,
    facets: new Map(
      facets.map(({ name }, kind) => [name, of(kind).map(({ value, number }) => ({ value: value.slice(name.length + 1), count: number }))]),
    ),
  };
}

/** The rows that match, each with its rank, as a statement with its parameters; and their order. */
function conditionsOf({ all, keywords, time, sort }: ObjectQuery) {
  const where: string[] = [];
  const parameters: (string | number)[] = [];
  const isRanked = all.length > 0;
  const row = isRanked ? 'object_words.rowid' : 'object.row';
  if (isRanked) {
    where.push('object_words MATCH ?');
    parameters.push(all.map((any) => `(${any.map(matchExpression).join(' OR ')})`).join(' AND '));
  }
  for (const any of keywords) {
    where.push(`${row} IN (SELECT row FROM object_keyword WHERE value IN (${any.map(() => '?').join(', ')}))`);
    parameters.push(...any);
  }
  if (time) {
    where.push('object.begins <= ? AND object.ends >= ?');
    parameters.push(time.to, time.from);
  }
  const rank = isRanked && sort === 'relevance' ? `bm25(object_words, ${WEIGHTS})` : '0';
  const source = !isRanked ? 'object' : time ? 'object_words JOIN object ON object.row = object_words.rowid' : 'object_words';
  const conditions = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
  return { matching: `SELECT ${row} AS row, ${rank} AS rank FROM ${source} ${conditions}`, parameters, order: ORDERS[sort] };
}

/** Each row of words is quoted as an FTS5 string, so nothing that a person types is syntax. */
function matchExpression({ fields, words, isPrefix }: Term): string {
  const row = words.join(' ').replace(/["\0]/g, ' ');
  return `{${fields.join(' ')}} : "${row}"${isPrefix ? ' *' : ''}`;
}
