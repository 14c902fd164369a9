// The text index on one machine: SQLite FTS5, `unicode61` with accents removed.
// Offsets come from highlight() with two private-use marks, which the texts never hold: strip and count.

import { GroupCommit } from '../sqlite/group-commit.ts';
import { openDatabase } from '../sqlite/open-database.ts';
import type { Clause, Span, TextIndex, TextMatch, TextQuery } from './port.ts';

const OPEN = '\u{e000}';
const CLOSE = '\u{e001}';

export async function openSqliteTextIndex(file: string): Promise<TextIndex> {
  const database = openDatabase(file);
  database.exec(`
    CREATE TABLE IF NOT EXISTS entry (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, member TEXT NOT NULL, place INTEGER NOT NULL);
    CREATE INDEX IF NOT EXISTS entry_member ON entry (member, place);
    CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, tokenize = "unicode61 remove_diacritics 2");
  `);
  const commits = new GroupCommit(database);
  const rowOf = database.prepare('SELECT row FROM entry WHERE id = ?');
  const addEntry = database.prepare('INSERT INTO entry (id, member, place) VALUES (?, ?, ?)');
  const addWords = database.prepare('INSERT INTO words (rowid, text) VALUES (?, ?)');
  const removeEntry = database.prepare('DELETE FROM entry WHERE row = ?');
  const removeWords = database.prepare('DELETE FROM words WHERE rowid = ?');
  const find = database.prepare(`
    SELECT entry.id, entry.place, highlight(words, 0, '${OPEN}', '${CLOSE}') AS marked
    FROM words JOIN entry ON entry.row = words.rowid
    WHERE words MATCH ? AND entry.member = ? AND entry.place > ?
    ORDER BY entry.place LIMIT ?`);
  const counted = database.prepare('SELECT count(*) AS count FROM entry');

  function remove(id: string): void {
    const row = rowOf.get(id)?.['row'];
    if (row === undefined || row === null) return;
    removeWords.run(row);
    removeEntry.run(row);
  }

  async function search({ group, clauses, limit, after }: TextQuery) {
    const expression = matchExpression(clauses);
    if (expression === undefined) return { matches: [] };
    const rows = find.all(expression, group, after ?? -1, limit + 1);
    const matches = rows
      .slice(0, limit)
      .map((row): TextMatch => ({ id: String(row['id']), order: Number(row['place']), spans: spansOf(String(row['marked'])) }));
    const last = matches.at(-1);
    return rows.length > limit && last ? { matches, next: last.order } : { matches };
  }

  return {
    put: (texts) =>
      commits.write(() => {
        for (const { id, group, order, text } of texts) {
          remove(id);
          addWords.run(addEntry.run(id, group, order).lastInsertRowid, text);
        }
      }),
    delete: (ids) => commits.write(() => ids.forEach(remove)),
    search,
    count: async () => Number(counted.get()?.['count'] ?? 0),
    drop: () => commits.write(() => database.exec('DELETE FROM words; DELETE FROM entry')),
    check: async () => void database.prepare('SELECT 1').get(),
    close: async () => {
      commits.close();
      database.close();
    },
  };
}

// Each clause is quoted as an FTS5 string, so nothing that a person types is syntax. A quoted string of several tokens is a phrase.
function matchExpression(clauses: readonly Clause[]): string | undefined {
  const quotedClauses = clauses.map(({ text }) => text.replace(/["\0]/g, ' ').trim()).filter((text) => /[\p{L}\p{N}]/u.test(text));
  if (quotedClauses.length === 0 || quotedClauses.length < clauses.length) return undefined;
  return quotedClauses.map((text) => `"${text}"`).join(' AND ');
}

function spansOf(marked: string): Span[] {
  const spans: Span[] = [];
  let removed = 0;
  let start = 0;
  for (let at = 0; at < marked.length; at++) {
    const unit = marked[at];
    if (unit === OPEN) start = at - removed++;
    else if (unit === CLOSE) spans.push({ start, end: at - removed++ });
  }
  return spans;
}
