// Documents on one machine: a table a collection, JSON in a column, an expression index a declared field.
// Lost at a power cut: nothing that was acknowledged.

import type { DatabaseSync } from 'node:sqlite';
import { Problem } from '../problem.ts';
import { GroupCommit } from '../sqlite/group-commit.ts';
import { openDatabase, quoted } from '../sqlite/open-database.ts';
import type { Body, CollectionSpec, DocumentPage, Documents, ListOptions, RawCollection, StoredDocument } from './port.ts';

export async function openSqliteDocuments(file: string): Promise<Documents> {
  const database = openDatabase(file);
  const commits = new GroupCommit(database);
  return {
    collection: async (spec) => openCollection(database, commits, spec),
    check: async () => void database.prepare('SELECT 1').get(),
    close: async () => {
      commits.close();
      database.close();
    },
  };
}

function openCollection(database: DatabaseSync, commits: GroupCommit, spec: CollectionSpec): RawCollection {
  const table = quoted(spec.name);
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL)`);
  const expressions = new Map(spec.indexes.map((field) => [field, `json_extract(body, '$.${identifier(field)}')`]));
  for (const [field, expression] of expressions) {
    database.exec(`CREATE INDEX IF NOT EXISTS ${quoted(`${spec.name} ${field}`)} ON ${table} (${expression}, id)`);
  }
  const one = database.prepare(`SELECT id, version, body FROM ${table} WHERE id = ?`);
  const insert = database.prepare(`INSERT INTO ${table} (id, version, body) VALUES (?, 1, ?) ON CONFLICT (id) DO NOTHING`);
  const replace = database.prepare(`UPDATE ${table} SET version = version + 1, body = ? WHERE id = ? AND version = ?`);
  const remove = database.prepare(`DELETE FROM ${table} WHERE id = ? AND version = ?`);
  const counted = database.prepare(`SELECT count(*) AS count FROM ${table}`);

  const find = (id: string): StoredDocument | undefined => {
    const row = one.get(id);
    return row && stored(row);
  };

  async function put(id: string, body: Body, expect: number): Promise<number | undefined> {
    const text = JSON.stringify(body);
    const changes = await commits.write(() => (expect === 0 ? insert.run(id, text) : replace.run(text, id, expect)).changes);
    return Number(changes) === 1 ? expect + 1 : undefined;
  }

  async function list({ prefix, where, after, limit }: ListOptions): Promise<DocumentPage> {
    const conditions: string[] = [];
    const parameters: (string | number)[] = [];
    const add = (condition: string, ...values: (string | number)[]) => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (prefix) add('id >= ? AND id < ?', prefix, `${prefix}\u{10ffff}`);
    if (after !== undefined) add('id > ?', after);
    if (where) {
      const expression = expressions.get(where.field);
      if (!expression) throw new Problem('unexpected', { detail: `${spec.name} declares no index on ${where.field}` });
      if ('equals' in where) add(`${expression} = ?`, where.equals);
      else add(`${expression} <= ?`, where.atMost);
    }
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const rows = database.prepare(`SELECT id, version, body FROM ${table} ${filter} ORDER BY id LIMIT ?`).all(...parameters, limit + 1);
    const documents = rows.slice(0, limit).map(stored);
    const last = documents.at(-1);
    return rows.length > limit && last ? { documents, next: last.id } : { documents };
  }

  return {
    get: async (id) => find(id),
    getMany: async (ids) => ids.map(find),
    put,
    delete: async (id, expect) => Number((await commits.write(() => remove.run(id, expect))).changes) === 1,
    list,
    count: async () => Number(counted.get()?.['count'] ?? 0),
    drop: async () => void (await commits.write(() => database.exec(`DELETE FROM ${table}`))),
  };
}

function identifier(field: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(field)) throw new Problem('unexpected', { detail: `not a field to index: ${field}` });
  return field;
}

function stored(row: Record<string, unknown>): StoredDocument {
  return { id: String(row['id']), version: Number(row['version']), body: JSON.parse(String(row['body'])) };
}
