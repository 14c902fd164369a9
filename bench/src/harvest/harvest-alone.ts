// A harvester alone, on embedded ports, in a process of its own, so that its memory can be told from the bench's. By its first argument:
// `walk`: a stream to stored work, whose carrying out waits; `bare-walk`: a loop that fetches, parses and stores the same in batches in the same database;
// `again`: a look at what was walked; `records`: the whole of it, to published objects; `bare-records`: a loop that fetches and stores records.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHarvester } from '@vitrine/harvester/service.ts';
import { openStores } from '@vitrine/harvester/stores.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { createMetrics } from '@vitrine/platform/metrics.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { runService } from '@vitrine/platform/run-service.ts';
import { openDatabase } from '@vitrine/platform/sqlite/open-database.ts';
import { until } from '@vitrine/platform/until.ts';
import pino from 'pino';
import { Agent, request } from 'undici';

const [, , what = '', folder = '', base = '', count = '0', atOnce = '8'] = process.argv;
const total = Number(count);
const LONG = 30 * 60 * 1000;

const outboundOptions = { allowedOrigins: new Set([base]), timeout: 30_000, atOnce: 64, userAgent: 'bench' };

async function withHarvester(records: boolean, measured: (stores: Awaited<ReturnType<typeof openStores>>) => Promise<void>): Promise<void> {
  const adapters = await openEmbedded(folder);
  const log = pino({ level: 'silent' });
  const deps = { ...adapters, publish: createPublisher('harvester', adapters), log, now: () => new Date() };
  const real = createOutboundHttp(outboundOptions);
  // Where only the walk is measured no record is ever answered.
  const outbound = records
    ? real
    : {
        ...real,
        get: (...asked: Parameters<typeof real.get>) => (asked[0].includes('/record/') ? new Promise<never>(() => {}) : real.get(...asked)),
      };
  const service = await createHarvester({
    ...deps,
    outbound,
    instance: 'bench',
    sources: [{ id: 'bench', definition: { addresses: [`${base}/stream`], atOnce: Number(atOnce) } }],
    credentials: new Map(),
    interval: 100,
    maxBytes: 20_000_000,
    retryBase: 1000,
  });
  const running = await runService(service, { metrics: createMetrics(), deps, retryBase: 1000, retryTick: 1000 });
  await measured(await openStores(adapters.documents));
  if (!records) return;
  await running.stop();
  await real.close();
  await closeAdapters(adapters);
}

const tell = (seconds: number) => {
  const peak = Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1000;
  process.send?.({ seconds, peak }, () => process.exit(0));
};

async function timed(work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  tell((performance.now() - began) / 1000);
}

const agent = new Agent();
async function get(address: string): Promise<Buffer> {
  const { body } = await request(address, { dispatcher: agent });
  return Buffer.from(await body.arrayBuffer());
}

/** What is read of a page by the loop alone. */
type BarePage = { prev?: { id: string }; orderedItems: { type: string; endTime: string; object: { id: string } }[] };

const ways: Record<string, () => Promise<void>> = {
  walk: () =>
    timed(() =>
      withHarvester(false, async (stores) => {
        await until('the walk is stored', async () => (await stores.runs.list({ limit: 1 })).items[0]?.value.state === 'working', LONG);
        const { items } = await stores.runs.list({ limit: 1 });
        if (items[0]?.value.stored !== Math.ceil(total / 100)) throw new Error(`stored ${items[0]?.value.stored} pages`);
      }),
    ),
  'bare-walk': () =>
    timed(async () => {
      const database = openDatabase(join(folder, 'bare.db'));
      database.exec('CREATE TABLE work (id TEXT PRIMARY KEY, version INTEGER NOT NULL, body TEXT NOT NULL)');
      const insert = database.prepare('INSERT INTO work (id, version, body) VALUES (?, 1, ?)');
      let n = 0;
      for (let next: string | undefined = `${base}/page/${Math.ceil(total / 100) - 1}`; next !== undefined; ) {
        const page: BarePage = JSON.parse(String(await get(next)));
        database.exec('BEGIN IMMEDIATE');
        for (const { type, endTime, object } of page.orderedItems)
          insert.run(`bench:${String(n++).padStart(9, '0')}`, JSON.stringify({ type, object: object.id, time: Date.parse(endTime) }));
        database.exec('COMMIT');
        next = page.prev?.id;
      }
    }),
  records: () =>
    timed(() =>
      withHarvester(true, async (stores) => {
        await until('all are published', async () => (await stores.runs.list({ limit: 1 })).items[0]?.value.state === 'done', LONG);
        if ((await stores.objects.count()) !== total) throw new Error(`${await stores.objects.count()} objects`);
      }),
    ),
  again: () =>
    withHarvester(true, async (stores) => {
      const looked = (await stores.sources.get('bench'))?.lookAt ?? 0;
      await stores.sources.update('bench', (current) => current && { ...current, lookAt: 0, due: 0 });
      await until('a look has ended', async () => ((await stores.sources.get('bench'))?.lookAt ?? 0) > looked, LONG);
      tell(0);
    }),
  'bare-records': () =>
    timed(async () => {
      const blobs = await openFilesystemBlobs(join(folder, 'bare'));
      await eachBounded(Array.from({ length: total }).keys(), Number(atOnce), async (n) => {
        const body = await get(`${base}/record/${n}`);
        await blobs.put(contentKey('bench/raw', sha256(body)), body);
      });
    }),
};
await ways[what]?.();
