// Documents at scale: MongoDB's protocol, one document an id: `{ _id, version, body }`. Only what every server of the protocol has: no transactions,
// no change streams; a compare-and-set is one update by `_id` and `version`.
// Lost: nothing that was acknowledged (`w: majority`, journaled).

import type { Collection, Filter, MongoClient } from 'mongodb';
import { Problem } from '../problem.ts';
import { sharedLookup } from '../shared-lookup.ts';
import { withDeadline } from '../with-deadline.ts';
import type { Body, CollectionSpec, DocumentPage, Documents, ListOptions, RawCollection, StoredDocument } from './port.ts';

type Row = { _id: string; version: number; body: Body };

const CHECK = 3000;
const DUPLICATE_KEY = 11_000;
/** What the server refuses about a document itself: BadValue, FailedToParse, TypeMismatch, DollarPrefixedFieldName, InvalidBSON, too large. */
const FAULTS_OF_DATA = new Set([2, 9, 14, 22, 52, 10_334, 17_280, 17_419, 17_420]);
/** Unauthorized, AuthenticationFailed, and their text where a server has no number. */
const REFUSALS = new Set([13, 18, 8000]);
const OLDEST_MAJOR = 5;
/** The driver (7.9) looks for idle connections ten times a second and lets nobody say otherwise: an idle process would do little else. */
const POOL_CHECK = 10_000;

/**
 * @param url `mongodb://[user:password@]host[:port][,…]/database[?options of the driver]`
 * @throws Problem `engine-unfit`, `engine-refused`, `port-unavailable`, `configuration-invalid`
 */
export async function openMongoDocuments(url: string): Promise<Documents> {
  const { MongoClient } = await import('mongodb');
  let client: MongoClient;
  try {
    client = new MongoClient(url, {
      serverSelectionTimeoutMS: 5000,
      connectTimeoutMS: 5000,
      socketTimeoutMS: 15_000,
      maxIdleTimeMS: 300_000,
      serverMonitoringMode: 'poll',
      lookup: sharedLookup,
      ignoreUndefined: true,
      writeConcern: { w: 'majority', journal: true },
    });
  } catch (cause) {
    throw new Problem('configuration-invalid', {
      detail: `VITRINE_DOCUMENTS: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
  Reflect.set(client.options, 'minPoolSizeCheckFrequencyMS', POOL_CHECK);
  const database = client.db();
  try {
    await guarded(() => client.connect());
    const { version } = await guarded(() => database.admin().buildInfo());
    if (Number.parseInt(String(version), 10) < OLDEST_MAJOR)
      throw new Problem('engine-unfit', { detail: `the document store is version ${version}; ${OLDEST_MAJOR} or newer is needed` });
  } catch (thrown) {
    await client.close().catch(() => {});
    throw thrown;
  }
  return {
    collection: async (spec) => guarded(() => openCollection(database.collection<Row>(spec.name), spec)),
    check: (signal) =>
      guarded(() => withDeadline('mongodb', CHECK, () => database.command({ ping: 1 }, { ...(signal ? { signal } : {}) }))).then(() => {}),
    close: () => client.close(),
  };
}

async function openCollection(collection: Collection<Row>, spec: CollectionSpec): Promise<RawCollection> {
  for (const field of spec.indexes) await collection.createIndex({ [`body.${field}`]: 1, _id: 1 });

  async function put(id: string, body: Body, expect: number): Promise<number | undefined> {
    if (expect === 0) {
      const inserted = await collection.insertOne({ _id: id, version: 1, body }).catch((cause: unknown) => {
        if (codeOf(cause) === DUPLICATE_KEY) return undefined;
        throw cause;
      });
      return inserted && 1;
    }
    const { matchedCount } = await collection.updateOne({ _id: id, version: expect }, { $set: { version: expect + 1, body } });
    return matchedCount === 1 ? expect + 1 : undefined;
  }

  async function list({ prefix, where, after, limit }: ListOptions): Promise<DocumentPage> {
    const filters: Filter<Row>[] = [];
    if (prefix) filters.push({ _id: { $gte: prefix, $lt: `${prefix}\u{10ffff}` } });
    if (after !== undefined) filters.push({ _id: { $gt: after } });
    if (where) {
      if (!spec.indexes.includes(where.field))
        throw new Problem('unexpected', { detail: `${spec.name} declares no index on ${where.field}` });
      filters.push({ [`body.${where.field}`]: 'equals' in where ? where.equals : { $lte: where.atMost } });
    }
    const rows = await collection
      .find(filters.length > 0 ? { $and: filters } : {})
      .sort({ _id: 1 })
      .limit(limit + 1)
      .toArray();
    const documents = rows.slice(0, limit).map(stored);
    const last = documents.at(-1);
    return rows.length > limit && last ? { documents, next: last.id } : { documents };
  }

  async function getMany(ids: readonly string[]): Promise<(StoredDocument | undefined)[]> {
    if (ids.length === 0) return [];
    const rows = await collection.find({ _id: { $in: [...ids] } }).toArray();
    const found = new Map(rows.map((row) => [row._id, stored(row)]));
    return ids.map((id) => found.get(id));
  }

  return {
    get: (id) =>
      guarded(async () => {
        const row = await collection.findOne({ _id: id });
        return row ? stored(row) : undefined;
      }),
    getMany: (ids) => guarded(() => getMany(ids)),
    put: (id, body, expect) => guarded(() => put(id, body, expect)),
    delete: (id, expect) => guarded(async () => (await collection.deleteOne({ _id: id, version: expect })).deletedCount === 1),
    list: (options) => guarded(() => list(options)),
    count: () => guarded(() => collection.countDocuments()),
    drop: () => guarded(() => collection.deleteMany({})).then(() => {}),
  };
}

const stored = ({ _id, version, body }: Row): StoredDocument => ({ id: _id, version, body });

function codeOf(thrown: unknown): number | undefined {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined;
  return typeof code === 'number' ? code : undefined;
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw mongoProblem(thrown);
  }
}

/** What the server says is its own fault and no document's, but for a few codes: it is tried again, and nothing goes to the dead letters for it. */
function mongoProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const code = codeOf(thrown);
  const [name, message] = thrown instanceof Error ? [thrown.name, thrown.message] : ['', String(thrown)];
  const detail = `mongodb: ${message}`;
  if (name === 'MongoCompatibilityError') return new Problem('engine-unfit', { detail, cause: thrown });
  if ((code !== undefined && REFUSALS.has(code)) || (name === 'MongoServerError' && /auth/i.test(message)))
    return new Problem('engine-refused', { detail, cause: thrown });
  if ((code !== undefined && FAULTS_OF_DATA.has(code)) || name.startsWith('BSON'))
    return new Problem('unexpected', { detail, cause: thrown });
  return new Problem('port-unavailable', { detail, cause: thrown });
}
