// The text index on one machine: SQLite FTS5 without a copy of the texts. Its tokenizer only parts words at spaces: they are compared as they were put.

import { GroupCommit } from '../sqlite/group-commit.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import { FIELDS, type TextIndex } from './port.ts';
import { SqliteReader } from './sqlite-reader.ts';

/** Every character of ASCII but space, controls and quotation marks is a part of a word. */
const WORD_CHARACTERS = "!#$%&''()*+,-./:;<=>?@[\\]^_`{|}~";

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
  const reader = new SqliteReader(file);
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
    search: (query) => reader.search(query),
    count: async () => Number(counted.get()?.['count'] ?? 0),
    drop: () =>
      commits.write(() =>
        database.exec(`INSERT INTO object_words (object_words) VALUES ('delete-all'); DELETE FROM object_keyword; DELETE FROM object`),
      ),
    check: async () => void database.prepare('SELECT 1').get(),
    close: async () => {
      await reader.close();
      commits.close();
      database.close();
    },
  };
}
