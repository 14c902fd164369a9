import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { topics } from '@vitrine/contracts/topics.ts';
import { openSqliteBus } from '@vitrine/platform/bus/sqlite.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, rounded } from './figure.ts';

const EVENTS = 100_000;
const BATCH = 100;
const TOPIC = 'vitrine.outcome.v1';
const IDLE = 10_000;

/** The embedded bus: published and consumed at once, up to the last commit; and what an idle consumer costs. */
export async function benchBus(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  const baseline = rawInserts(join(folder.path, 'baseline.sqlite'));
  const rates: number[] = [];
  for (let run = 0; run < 3; run++) rates.push(await throughput(join(folder.path, `bus-${run}.sqlite`)));
  const rate = rates.sort((a, b) => a - b)[1] ?? 0;
  const idle = await idleShare(join(folder.path, 'idle.sqlite'));
  await folder.remove();
  return [
    { name: 'baseline: rows of 1 KB a second into SQLite, 100 a synced commit', value: Math.round(baseline) },
    { name: 'events of 1 KB a second, published and consumed (median of 3)', value: Math.round(rate), at_least: 20_000 },
    { name: 'events / baseline', value: rounded(rate / baseline) },
    { name: 'idle consumer, share of a core in per cent', value: rounded(idle * 100, 3), at_most: 0.5 },
  ];
}

async function throughput(file: string): Promise<number> {
  const bus = await openSqliteBus({ file, topics });
  const value = JSON.stringify({ filler: 'x'.repeat(1000) });
  let handled = 0;
  await bus.subscribe({ group: 'bench', topics: [TOPIC], concurrency: 16, redeliverAfter: 1000, deliver: async () => void handled++ });
  const began = performance.now();
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    await bus.publish(
      Array.from({ length: BATCH }, (_, n) => ({
        topic: TOPIC,
        key: `key-${(sent + n) % 5000}`,
        headers: { ce_type: 'bench', ce_id: String(sent + n) },
        value,
      })),
    );
  }
  await until('the last commit', async () => handled >= EVENTS && (await bus.lag('bench', TOPIC)) === 0, 120_000);
  const seconds = (performance.now() - began) / 1000;
  await bus.close();
  return EVENTS / seconds;
}

function rawInserts(file: string): number {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE log (position INTEGER PRIMARY KEY, value TEXT)');
  const insert = database.prepare('INSERT INTO log (value) VALUES (?)');
  const value = 'x'.repeat(1000);
  const began = performance.now();
  for (let sent = 0; sent < EVENTS; sent += BATCH) {
    database.exec('BEGIN');
    for (let n = 0; n < BATCH; n++) insert.run(value);
    database.exec('COMMIT');
  }
  const seconds = (performance.now() - began) / 1000;
  database.close();
  return EVENTS / seconds;
}

async function idleShare(file: string): Promise<number> {
  const bus = await openSqliteBus({ file, topics });
  await bus.subscribe({ group: 'bench', topics: Object.keys(topics), concurrency: 4, redeliverAfter: 1000, deliver: async () => {} });
  await setTimeout(1000);
  const before = process.cpuUsage();
  await setTimeout(IDLE);
  const { user, system } = process.cpuUsage(before);
  await bus.close();
  return (user + system) / 1000 / IDLE;
}
