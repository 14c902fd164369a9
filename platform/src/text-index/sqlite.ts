// The text index on one machine: SQLite FTS5 without a copy of the texts. Its tokenizer only parts words at spaces: they are compared as they were put.

import { GroupCommit } from '../sqlite/group-commit.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { FIELDS, type Found, type ObjectQuery, type Sort, type Term, type TextIndex } from './port.ts';

/** Every character of ASCII but space, controls and quotation marks is a part of a word. */
const WORD_CHARACTERS = "!#$%&''()*+,-./:;<=>?@[\\]^_`{|}~";
/** Of the fields in their order: what the title says weighs most, and forms of a word less than the word. */
const WEIGHTS = '8.0, 4.0, 1.0, 0.5';

const ORDERS: Readonly<Record<Sort, string>> = {
  relevance: `bm25(object_words, ${WEIGHTS}), object.id`,
  id: 'object.id',
  title: 'object.title, object.id',
  oldest: 'object.begins IS NULL, object.begins, object.id',
  newest: 'object.ends IS NULL, object.ends DESC, object.id',
};

export async function openSqliteTextIndex(file: string): Promise<TextIndex> {
  const database = openDatabase(file);
  database.exec(`
    CREATE TABLE IF NOT EXISTS object (
      row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, title TEXT NOT NULL, begins REAL, ends REAL);
    CREATE TABLE IF NOT EXISTS object_keyword (value TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (value, row)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS object_keyword_row ON object_keyword (row, value);
    CREATE VIRTUAL TABLE IF NOT EXISTS object_words USING fts5(
      ${FIELDS.join(', ')}, content='', contentless_delete=1, tokenize="ascii tokenchars '${WORD_CHARACTERS.replaceAll("'", "''")}'");
  `);
  const commits = new GroupCommit(database);
  const rowOf = database.prepare('SELECT row, revision FROM object WHERE id = ?');
  const addObject = database.prepare('INSERT INTO object (id, revision, title, begins, ends) VALUES (?, ?, ?, ?, ?)');
  const addWords = database.prepare(`INSERT INTO object_words (rowid, ${FIELDS.join(', ')}) VALUES (?, ?, ?, ?, ?)`);
  const addKeyword = database.prepare('INSERT OR IGNORE INTO object_keyword (value, row) VALUES (?, ?)');
  const removals = [
    database.prepare('DELETE FROM object_words WHERE rowid = ?'),
    database.prepare('DELETE FROM object_keyword WHERE row = ?'),
    database.prepare('DELETE FROM object WHERE row = ?'),
  ];
  const counted = database.prepare('SELECT count(*) AS count FROM object');

  /** Answers false where a newer one is there. */
  function remove({ id, revision }: { readonly id: string; readonly revision: number }): boolean {
    const found = rowOf.get(id);
    if (!found) return true;
    if (Number(found['revision']) > revision) return false;
    for (const removal of removals) removal.run(Number(found['row']));
    return true;
  }

  async function search(query: ObjectQuery): Promise<Found> {
    const { sort, from, limit, after, facets } = query;
    const { expression, where, parameters } = conditionsOf(query);
    const source = expression === undefined ? 'object' : 'object_words JOIN object ON object.row = object_words.rowid';
    const conditions = where.length > 0 ? `WHERE ${where.join(' AND ')}` : '';
    const order = sort === 'relevance' && expression === undefined ? ORDERS.id : ORDERS[sort];
    const behind = after === undefined ? '' : `${conditions === '' ? 'WHERE' : 'AND'} object.id > ?`;
    const rows = database
      .prepare(`SELECT object.id FROM ${source} ${conditions} ${behind} ORDER BY ${order} LIMIT ? OFFSET ?`)
      .all(...parameters, ...(after === undefined ? [] : [after]), limit, after === undefined ? from : 0);
    const total = database.prepare(`SELECT count(*) AS count FROM ${source} ${conditions}`).get(...parameters);
    const values = facets.map(({ name, limit: most }) => {
      const found = database
        .prepare(
          `WITH matching AS MATERIALIZED (SELECT object.row AS row FROM ${source} ${conditions})
           SELECT value, count(*) AS count FROM matching JOIN object_keyword USING (row)
           WHERE value >= ? AND value < ? GROUP BY value ORDER BY count DESC, value LIMIT ?`,
        )
        .all(...parameters, `${name}=`, `${name}=\u{10ffff}`, most);
      return [name, found.map((row) => ({ value: String(row['value']).slice(name.length + 1), count: Number(row['count']) }))] as const;
    });
    return { ids: rows.map((row) => String(row['id'])), total: Number(total?.['count'] ?? 0), facets: new Map(values) };
  }

  return {
    put: (objects) =>
      commits.write(() => {
        for (const object of objects) {
          if (!remove(object)) continue;
          const { id, revision, words, keywords, title, begin, end } = object;
          const row = addObject.run(id, revision, title, begin ?? null, end ?? null).lastInsertRowid;
          addWords.run(row, ...FIELDS.map((field) => words[field]));
          for (const keyword of keywords) addKeyword.run(keyword, row);
        }
      }),
    delete: (objects) => commits.write(() => objects.forEach(remove)),
    search,
    count: async () => Number(counted.get()?.['count'] ?? 0),
    drop: () =>
      commits.write(() =>
        database.exec(`INSERT INTO object_words (object_words) VALUES ('delete-all'); DELETE FROM object_keyword; DELETE FROM object`),
      ),
    check: async () => void database.prepare('SELECT 1').get(),
    close: async () => {
      commits.close();
      database.close();
    },
  };
}

function conditionsOf({ all, keywords, time }: ObjectQuery) {
  const where: string[] = [];
  const parameters: (string | number)[] = [];
  const expression = all.length === 0 ? undefined : all.map((any) => `(${any.map(matchExpression).join(' OR ')})`).join(' AND ');
  if (expression !== undefined) {
    where.push('object_words MATCH ?');
    parameters.push(expression);
  }
  for (const any of keywords) {
    where.push(`object.row IN (SELECT row FROM object_keyword WHERE value IN (${any.map(() => '?').join(', ')}))`);
    parameters.push(...any);
  }
  if (time) {
    where.push('object.begins <= ? AND object.ends >= ?');
    parameters.push(time.to, time.from);
  }
  return { expression, where, parameters };
}

/** Each row of words is quoted as an FTS5 string, so nothing that a person types is syntax. */
function matchExpression({ fields, words, isPrefix }: Term): string {
  const row = words.join(' ').replace(/["\0]/g, ' ');
  return `{${fields.join(' ')}} : "${row}"${isPrefix ? ' *' : ''}`;
}
