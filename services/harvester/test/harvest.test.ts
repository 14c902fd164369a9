import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Museum, MuseumFile } from '@vitrine/demo/museum.ts';
import { openPublisher } from '@vitrine/demo/publisher.ts';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { createOutcomes } from '@vitrine/platform/events/outcomes.ts';
import { createPublisher, type Publish } from '@vitrine/platform/events/publisher.ts';
import { createMetrics } from '@vitrine/platform/metrics.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { runService } from '@vitrine/platform/run-service.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import pino from 'pino';
import { AdaptiveLimit } from '../src/adaptive-limit.ts';
import { announceObject } from '../src/announce-object.ts';
import { openAttachments } from '../src/attach/attachments.ts';
import { deriveObject } from '../src/derive-object.ts';
import { sourceSettings } from '../src/domain/source-settings.ts';
import { fetchDocument } from '../src/fetch-document.ts';
import { openRecordParts } from '../src/gather-parts.ts';
import { harvestRecord } from '../src/harvest-record.ts';
import { includeRecord } from '../src/include-record.ts';
import { mappedRecords } from '../src/mapped-records.ts';
import { objectWriter } from '../src/object-writer.ts';
import { ownMapper } from '../src/own-mapping/own-mapper.ts';
import { pendingRecords } from '../src/pending-records.ts';
import { createHarvester } from '../src/service.ts';
import { openStores, type Stores } from '../src/stores.ts';
import { takeAwayOf } from '../src/take-away.ts';
import { withdrawalsOf } from '../src/withdrawals.ts';

const log = pino({ level: 'silent' });
const now = () => new Date();
const broken: MuseumFile = { type: 'text/html', read: async () => Buffer.from('<html>502</html>') };

type Bench = {
  museum: Museum;
  base: string;
  adapters: Adapters;
  stores: Stores;
  outbound: ReturnType<typeof createOutboundHttp>;
  /** Starts the harvester; without a source, or with a bus that takes no object, where the test wants it. */
  start: (odd?: { sourceless?: boolean; mute?: boolean }) => Promise<{ stop: () => Promise<void> }>;
  revisions: () => Promise<string[]>;
};

async function withMuseum(run: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const publisher = await openPublisher(0);
  const adapters = await openEmbedded(folder.path);
  const outbound = createOutboundHttp({ allowedOrigins: new Set([publisher.base]), timeout: 2000, atOnce: 4, userAgent: 'test' });
  const deps = { ...adapters, publish: createPublisher('harvester', adapters), log, now };
  const started: { stop: () => Promise<void> }[] = [];
  try {
    await run({
      museum: publisher.museum,
      base: publisher.base,
      adapters,
      outbound,
      stores: await openStores(adapters.documents),
      start: async ({ sourceless = false, mute = false } = {}) => {
        const publish: Publish = async (...events) => {
          if (mute && events.some(({ contract }) => contract.type === 'object.harvested'))
            throw new Problem('port-unavailable', { detail: 'the bus is away' });
          await deps.publish(...events);
        };
        const service = await createHarvester({
          ...deps,
          publish,
          outbound,
          instance: 'test',
          sources: sourceless ? [] : [{ id: 'museum', definition: { addresses: [publisher.stream] } }],
          credentials: new Map(),
          interval: 20,
          maxBytes: 1_000_000,
          retryBase: 50,
        });
        const running = await runService(service, { metrics: createMetrics(), deps, retryBase: 50, retryTick: 50 });
        started.push(running);
        return running;
      },
      revisions: async () => {
        const events: string[] = [];
        for (let offset = 1; ; offset++) {
          const record = await adapters.bus.read('vitrine.object.v1', { partition: 0, offset });
          if (!record) return events;
          const { object, revision } = JSON.parse(record.value);
          events.push(`${record.headers['ce_type']} ${object}@${revision}`);
        }
      },
    });
  } finally {
    for (const running of started) await running.stop();
    await outbound.close();
    await closeAdapters(adapters);
    await publisher.close();
    await folder.remove();
  }
}

const entry = (n: number | string, title = `Object ${n}`) => ({ id: `object-${n}`, title, images: [] });

suite('a walk', () => {
  test('advances its watermark only at its end, and goes on where it was interrupted', () =>
    withMuseum(async ({ museum, stores, start, revisions }) => {
      for (let n = 0; n < 45; n++) museum.publish(entry(n));
      // The walk goes backwards: a page in its midst is broken.
      museum.serve('/activity-stream/page/1', broken);
      const first = await start();
      await until('the walk is stuck', async () => (await stores.sources.get('museum'))?.fault?.code === 'stream-invalid');
      assert.equal((await revisions()).length, 5, 'the page before is done');
      const stuck = await stores.sources.get('museum');
      assert.equal(stuck?.streams[0]?.watermark, undefined);
      assert.match((await stores.runs.get(stuck?.run ?? ''))?.walk?.next ?? '', /page\/1$/);
      await first.stop();
      museum.remove('/activity-stream/page/1');
      const second = await start();
      await until('the walk has ended', async () => (await stores.sources.get('museum'))?.streams[0]?.watermark !== undefined);
      await until('all are there', async () => (await revisions()).length >= 45);
      const events = await revisions();
      assert.equal(events.length, 45, 'each object once');
      assert.equal(new Set(events).size, 45);
      await second.stop();
    }));

  test('is begun anew when its next page is gone for good, and loses nothing', () =>
    withMuseum(async ({ museum, stores, start, revisions }) => {
      for (let n = 0; n < 45; n++) museum.publish(entry(n));
      museum.serve('/activity-stream/page/1', broken);
      const running = await start();
      await until('the walk is stuck', async () => (await stores.sources.get('museum'))?.fault?.code === 'stream-invalid');
      await running.stop();
      const run = (await stores.sources.get('museum'))?.run ?? '';
      await stores.runs.update(
        run,
        (current) => current?.walk && { ...current, walk: { ...current.walk, next: 'http://localhost:1/gone' } },
      );
      museum.remove('/activity-stream/page/1');
      museum.publish(entry('new'));
      const again = await start();
      await until('all are there', async () => new Set(await revisions()).size === 46);
      assert.ok((await revisions()).includes('object.harvested museum-object-new@1'));
      await again.stop();
    }));

  test('a Delete and an Update between two looks leave the newest; an unchanged record raises nothing', () =>
    withMuseum(async ({ museum, start, revisions }) => {
      const running = await start();
      museum.publish(entry(1));
      await until('it is there', async () => (await revisions()).length === 1);
      museum.withdraw('object-1');
      await until('it is gone', async () => (await revisions()).length === 2);
      museum.publish(entry(1));
      await until('it is back', async () => (await revisions()).length === 3);
      museum.publish(entry(1));
      museum.publish(entry(1));
      await until('the looks have been', async () => (await revisions()).length > 3);
      const events = await revisions();
      assert.deepEqual(events.slice(0, 3), [
        'object.harvested museum-object-1@1',
        'object.withdrawn museum-object-1@2',
        'object.harvested museum-object-1@3',
      ]);
      assert.ok(
        events.slice(3).every((event) => event === 'object.harvested museum-object-1@3'),
        'announced again for its masters, with an equal revision',
      );
      await running.stop();
    }));

  test('a record that says it is no object any more takes its object off the web', () =>
    withMuseum(async ({ museum, start, revisions }) => {
      const running = await start();
      museum.publish(entry(1));
      await until('it is there', async () => (await revisions()).length === 1);
      const person = { '@context': 'https://linked.art/ns/v1/linked-art.json', type: 'Person', _label: 'Somebody' };
      museum.serve('/objects/object-1', { type: 'application/json', read: async () => Buffer.from(JSON.stringify(person)) });
      museum.announcePath('Update', '/objects/object-1');
      await until('it is gone', async () => (await revisions()).includes('object.withdrawn museum-object-1@2'));
      await running.stop();
    }));

  test('a time far in the future orders nothing and stops nothing', () =>
    withMuseum(async ({ museum, base, start, revisions }) => {
      museum.publish(entry(1));
      museum.announce({
        type: 'Update',
        object: { id: `${base}/objects/object-1`, type: 'HumanMadeObject' },
        endTime: '2099-01-01T00:00:00Z',
      });
      const running = await start();
      await until('it is there', async () => (await revisions()).length >= 1);
      museum.publish(entry(2));
      museum.publish(entry(1, 'Changed'));
      await until('what came later is there', async () => {
        const events = await revisions();
        return events.includes('object.harvested museum-object-1@2') && events.includes('object.harvested museum-object-2@1');
      });
      await running.stop();
    }));

  test('a record whose host fails is asked again, and the watermark goes on without losing it', () =>
    withMuseum(async ({ museum, stores, start, revisions }) => {
      museum.announcePath('Create', '/objects/late');
      museum.publish(entry(1));
      const running = await start();
      await until('the walk has ended', async () => (await stores.sources.get('museum'))?.streams[0]?.watermark !== undefined);
      await until('the other one is there', async () => (await revisions()).includes('object.harvested museum-object-1@1'));
      museum.publish(entry('x'));
      museum.serve('/objects/late', {
        type: 'application/json',
        read: async () => (await museum.answer('/objects/object-x'))?.body ?? Buffer.alloc(0),
      });
      await until('it is there after all', async () => (await revisions()).includes('object.harvested museum-late@1'));
      await until('nothing is pending', async () => (await stores.pending.count()) === 0);
      await running.stop();
    }));
});

suite('R8: a write that no event caused owes its revision', () => {
  test('what was written and not published before a crash is published by the next start, without asking the museum', () =>
    withMuseum(async ({ museum, stores, start, revisions }) => {
      museum.publish(entry(1));
      const dying = await start({ mute: true });
      await until('the object is written', async () => (await stores.objects.get('museum-object-1')) !== undefined);
      await dying.stop();
      assert.deepEqual(await revisions(), []);
      await start({ sourceless: true });
      await until('it is published', async () => (await revisions()).length > 0);
      assert.deepEqual(await revisions(), ['object.harvested museum-object-1@1']);
    }));
});

suite('a raw copy that is missing', () => {
  test('is one object’s failure: the start goes on, and so do the others', () =>
    withMuseum(async ({ museum, stores, adapters, start, revisions }) => {
      for (const n of [1, 2]) museum.publish(entry(n));
      const first = await start();
      await until('both are there', async () => (await revisions()).length === 2);
      await first.stop();
      for (const n of [1, 2]) await stores.objects.update(`museum-object-${n}`, (current) => current && { ...current, mappingVersion: 0 });
      await adapters.blobs.delete((await stores.objects.get('museum-object-1'))?.record.key ?? '');
      await start({ sourceless: true });
      await until('the other one is mapped anew', async () => (await revisions()).includes('object.harvested museum-object-2@2'));
      assert.equal((await stores.objects.get('museum-object-1'))?.revision, 1);
    }));
});

suite('R3: one lease with a fencing number per source', () => {
  test('one that was paused and wakes up changes no document', () =>
    withMuseum(async ({ museum, base, adapters, outbound, stores, revisions }) => {
      museum.publish(entry(1));
      const publish = createPublisher('harvester', adapters);
      const records = mappedRecords(adapters.blobs, ownMapper());
      const announce = announceObject(stores, { publish, records });
      const outcome = createOutcomes('harvest', { publish, now, log });
      const writer = objectWriter(stores, { instance: 'one', now }, announce);
      const attachments = openAttachments({ stores, now });
      const derive = deriveObject({ ...adapters, stores, records, writer, attachments, own: undefined });
      const fetch = fetchDocument(outbound, 100_000);
      const parts = openRecordParts(stores);
      const harvest = harvestRecord({
        now,
        stores,
        outcome,
        parts,
        include: includeRecord({ ...adapters, stores, fetch, derive, parts, now }),
        withdrawals: withdrawalsOf({ stores, takeAway: takeAwayOf({ stores, writer, attachments }), outcome, now }),
        pending: pendingRecords(stores, now, 50),
      });
      const activity = { kind: 'include' as const, type: 'Update', object: `${base}/objects/object-1`, time: 1000 };
      const due = (time: number) => ({ activity: { ...activity, time }, watermark: undefined });
      const walk = (run: string, fence: number, held: boolean) => ({
        source: 'museum',
        settings: sourceSettings({ addresses: [`${base}/activity-stream`] }, 1000),
        run,
        listed: undefined,
        attachers: [],
        limit: new AdaptiveLimit(4),
        lease: { fence, held: () => held },
        signal: new AbortController().signal,
      });
      await harvest(due(1000), walk('new', 7, true));
      const before = [await stores.objects.get('museum-object-1'), await stores.records.list({ limit: 9 })];
      museum.publish(entry(1, 'Changed meanwhile'));
      const lost = (error: unknown) => error instanceof Problem && error.code === 'conflict';
      await assert.rejects(harvest(due(2000), walk('old', 6, true)), lost);
      await assert.rejects(harvest(due(2000), walk('old', 8, false)), lost);
      assert.deepEqual([await stores.objects.get('museum-object-1'), await stores.records.list({ limit: 9 })], before);
      assert.equal((await revisions()).length, 1);
    }));
});
