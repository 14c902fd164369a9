// The bus on one machine: a log table a topic, consumer offsets in the same file.
// A topic has one partition, 0, so its whole order holds. One process at a time: the data folder's lock sees to it, and
// consumers are woken in the process instead of polling.
// Lost at a power cut: nothing that publish() confirmed; of the offsets, at most the last few, which repeats work.

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deadLetterTopic, type Topic } from '@vitrine/contracts/topics.ts';
import { Problem } from '../problem.ts';
import { GroupCommit } from '../sqlite/group-commit.ts';
import { openDatabase, quoted } from '../sqlite/open-database.ts';
import { compactLogs } from './compact-logs.ts';
import type { Bus, BusRecord, Position, RewindTarget, StoredRecord, SubscribeOptions, Subscription } from './port.ts';
import { subscribeTopic, type TopicLog } from './sqlite-subscription.ts';

type SqliteBusOptions = { file: string; topics: Readonly<Record<string, Topic>>; now?: () => number };

export async function openSqliteBus({ file, topics, now = Date.now }: SqliteBusOptions): Promise<Bus> {
  const database = openDatabase(file);
  database.exec(
    'CREATE TABLE IF NOT EXISTS offsets (member TEXT, topic TEXT, next INTEGER NOT NULL, PRIMARY KEY (member, topic)) WITHOUT ROWID',
  );
  const commits = new GroupCommit(database);
  const logs = new Map<string, TopicLog & { insert: StatementSync; one: StatementSync; last: StatementSync }>();
  const open = new Set<Subscription>();

  function addTopic(topic: string): void {
    if (logs.has(topic)) return;
    const table = quoted(`log ${topic}`);
    // AUTOINCREMENT: an offset is never given twice, also after compaction took the last record away.
    database.exec(
      `CREATE TABLE IF NOT EXISTS ${table} (position INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, headers TEXT NOT NULL, value TEXT NOT NULL, time INTEGER NOT NULL)`,
    );
    const next = database.prepare(`SELECT position, key, headers, value FROM ${table} WHERE position >= ? ORDER BY position LIMIT ?`);
    logs.set(topic, {
      insert: database.prepare(`INSERT INTO ${table} (key, headers, value, time) VALUES (?, ?, ?, ?)`),
      one: database.prepare(`SELECT position, key, headers, value FROM ${table} WHERE position = ?`),
      last: database.prepare(`SELECT max(position) AS end FROM ${table}`),
      fetch: (from, limit) => next.all(from, limit).map((row) => storedRecord(topic, row)),
      waiting: new Set(),
    });
  }

  function logOf(topic: string) {
    const log = logs.get(topic);
    if (!log) throw new Problem('unexpected', { detail: `no topic ${topic} in the registry` });
    return log;
  }

  for (const topic of Object.keys(topics)) addTopic(topic);
  compactLogs(database, topics, now());

  const committed = database.prepare('SELECT next FROM offsets WHERE member = ? AND topic = ?');
  const commitOffset = database.prepare(
    'INSERT INTO offsets (member, topic, next) VALUES (?, ?, ?) ON CONFLICT (member, topic) DO UPDATE SET next = excluded.next',
  );
  const offsetOf = (group: string, topic: string) => Number(committed.get(group, topic)?.['next'] ?? 0);

  async function publish(records: readonly BusRecord[]): Promise<readonly Position[]> {
    const inserts = records.map((record) => ({ record, log: logOf(record.topic) }));
    const time = now();
    const positions = await commits.write(() =>
      inserts.map(({ record, log }) => {
        const { lastInsertRowid } = log.insert.run(record.key, JSON.stringify(record.headers), record.value, time);
        return { partition: 0, offset: Number(lastInsertRowid) };
      }),
    );
    for (const log of new Set(inserts.map((insert) => insert.log))) for (const wake of log.waiting) wake();
    return positions;
  }

  const endOf = (topic: string) => Number(logOf(topic).last.get()?.['end'] ?? 0) + 1;

  async function subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { group, broadcast = false } = options;
    const parts = options.topics.map((topic) => {
      if (!broadcast) addTopic(deadLetterTopic(topic, group));
      const progress = broadcast
        ? { from: endOf(topic), commit: async () => {} }
        : {
            from: offsetOf(group, topic),
            commit: (next: number) => commits.write(() => commitOffset.run(group, topic, next)).then(() => {}),
          };
      return { topic, part: subscribeTopic(logOf(topic), options, progress) };
    });
    const rest = async (targets: readonly RewindTarget[], during: () => Promise<void>) => {
      await Promise.all(parts.map(({ part }) => part.drain()));
      try {
        await during();
      } finally {
        await Promise.all(parts.map(({ topic, part }) => part.restart(startOf(targets.find((target) => target.topic === topic)))));
      }
    };
    const subscription: Subscription = {
      pause: () => {
        for (const { part } of parts) part.pause();
      },
      resume: () => {
        for (const { part } of parts) part.resume();
      },
      rest: (during) => rest([], during),
      // One process at a time has the data folder: there is no other member to wait for.
      rewind: (targets, between = async () => {}) => rest(targets, between),
      close: async () => {
        open.delete(subscription);
        await Promise.all(parts.map(({ part }) => part.close()));
      },
    };
    open.add(subscription);
    return subscription;
  }

  async function read(topic: string, { offset }: Position): Promise<StoredRecord | undefined> {
    const row = logs.get(topic)?.one.get(offset);
    return row && storedRecord(topic, row);
  }

  async function lag(group: string, topic: string): Promise<number> {
    logOf(topic);
    return countFrom(database, topic, offsetOf(group, topic));
  }

  const compaction = setInterval(() => compactLogs(database, topics, now()), 60 * 60 * 1000);
  compaction.unref();

  return {
    publish,
    subscribe,
    read,
    lag,
    check: async () => void database.prepare('SELECT 1').get(),
    close: async () => {
      clearInterval(compaction);
      await Promise.all([...open].map((subscription) => subscription.close()));
      commits.close();
      database.close();
    },
  };
}

/** Where a target starts: undefined for where the group was. */
function startOf(target: RewindTarget | undefined): number | undefined {
  if (!target) return undefined;
  return target.from === undefined ? 0 : target.from.find(({ partition }) => partition === 0)?.offset;
}

function countFrom(database: DatabaseSync, topic: string, from: number): number {
  const row = database.prepare(`SELECT count(*) AS count FROM ${quoted(`log ${topic}`)} WHERE position >= ?`).get(from);
  return Number(row?.['count'] ?? 0);
}

function storedRecord(topic: string, row: Record<string, unknown>): StoredRecord {
  return {
    topic,
    partition: 0,
    offset: Number(row['position']),
    key: String(row['key']),
    headers: JSON.parse(String(row['headers'])),
    value: String(row['value']),
  };
}
