import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { outcomeRecorded } from '@vitrine/contracts/events/outcome-recorded.ts';
import { letterReplayRequested } from '@vitrine/contracts/events/replay-requested.ts';
import type { ProblemCode } from '@vitrine/contracts/problems.ts';
import pino from 'pino';
import type { Adapters } from '../src/deps.ts';
import { type HandlerContext, type Outcome, on } from '../src/events/handler.ts';
import { createPublisher, outgoing } from '../src/events/publisher.ts';
import { flaky } from '../src/faults.ts';
import { createMetrics } from '../src/metrics.ts';
import { closeAdapters, openEmbedded } from '../src/open-embedded.ts';
import { Problem } from '../src/problem.ts';
import { runService } from '../src/run-service.ts';
import type { Service } from '../src/service.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';
import { until } from '../src/until.ts';

const log = pino({ level: 'silent' });
type Recorded = {
  entity: string;
  code: string;
  failed: boolean;
  letter?: { topic: string; group: string; partition: number; offset: number };
};

/** One group `test` on conversion requests, with everything that the runtime does around it. */
async function withConsumer(
  handle: (image: string, context: HandlerContext) => Promise<Outcome | undefined>,
  run: (running: {
    request: (image: string) => Promise<void>;
    outcomes: Recorded[];
    adapters: Adapters;
    replay: (letter: NonNullable<Recorded['letter']>) => Promise<void>;
    fault: () => string | undefined;
  }) => Promise<void>,
  wrap: (adapters: Adapters) => Adapters = (adapters) => adapters,
): Promise<void> {
  const folder = await temporaryFolder();
  const adapters = await openEmbedded(folder.path);
  const wrapped = wrap(adapters);
  const outcomes: Recorded[] = [];
  const service: Service = {
    name: 'converter',
    routes: [],
    tasks: [],
    subscriptions: [
      {
        group: 'test',
        concurrency: 4,
        recordsOutcomes: true,
        handlers: [on(conversionRequested, ({ data }, context) => handle(data.image, context))],
      },
      {
        group: 'watch',
        concurrency: 1,
        recordsOutcomes: false,
        handlers: [on(outcomeRecorded, async ({ data }) => void outcomes.push(data))],
      },
    ],
    close: async () => {},
  };
  const publish = createPublisher('converter', adapters);
  const deps = { ...wrapped, publish: createPublisher('converter', wrapped), log, now: () => new Date() };
  const running = await runService(service, { metrics: createMetrics(), deps, retryBase: 60, retryTick: 20 });
  try {
    await run({
      request: (image) => publish(outgoing(conversionRequested, { image, object: 'o', objectRevision: 1, reason: 'test' }, {})),
      outcomes,
      adapters,
      replay: (letter) => publish(outgoing(letterReplayRequested, { replay: 'r', ...letter }, {})),
      fault: () => running.fault(),
    });
  } finally {
    await running.stop();
    await closeAdapters(adapters);
    await folder.remove();
  }
}

const fails = (code: ProblemCode, times: number) => {
  let left = times;
  return () => {
    if (left-- > 0) throw new Problem(code, { detail: 'as the test wants' });
  };
};

suite('R7: four kinds of fault, four ends', () => {
  test('permanent: to the dead letters at once, with code and cause, and the next goes on', async () => {
    let tries = 0;
    await withConsumer(
      async (image) => {
        if (image !== 'bad') return undefined;
        tries++;
        throw new Problem('master-unreadable', { detail: 'not an image' });
      },
      async ({ request, outcomes, adapters }) => {
        await request('bad');
        await request('good');
        await until('both ended', () => outcomes.length === 2);
        assert.equal(tries, 1);
        const bad = outcomes.find(({ entity }) => entity === 'bad');
        assert.equal(bad?.code, 'master-unreadable');
        assert.ok(bad.letter);
        const letter = await adapters.bus.read('vitrine.conversion.v1.test.dlq', bad.letter);
        assert.equal(letter?.headers['dead_letter_detail'], 'not an image');
        assert.equal(letter?.headers['ce_type'], 'conversion.requested');
      },
    );
  });

  test('infrastructure: the group waits, nothing is dead-lettered, and readiness says so', async () => {
    const fail = fails('port-unavailable', 3);
    const faults: (string | undefined)[] = [];
    await withConsumer(
      async () => {
        fail();
        return undefined;
      },
      async ({ request, outcomes, fault }) => {
        await request('a');
        await until('it is held', () => {
          faults.push(fault());
          return outcomes.length === 1;
        });
        assert.ok(faults.some((text) => text?.includes('test')));
        assert.equal(fault(), undefined);
        assert.deepEqual(
          outcomes.map(({ code, letter }) => [code, letter]),
          [['done', undefined]],
        );
      },
    );
  });

  test('source: a stored retry with a due time, while the other work goes on', async () => {
    const fail = fails('source-unreachable', 2);
    await withConsumer(
      async (image) => {
        if (image === 'slow') fail();
        return undefined;
      },
      async ({ request, outcomes, adapters }) => {
        await request('slow');
        await request('quick');
        await until('the retry succeeded', () => outcomes.some(({ entity, failed }) => entity === 'slow' && !failed));
        assert.deepEqual(
          outcomes.filter(({ entity }) => entity === 'slow').map(({ code }) => code),
          ['source-unreachable', 'source-unreachable', 'done'],
        );
        assert.ok(outcomes.findIndex(({ entity }) => entity === 'quick') < 2, 'quick did not wait');
        assert.equal(await adapters.bus.lag('test', 'vitrine.conversion.v1'), 0);
        await until('nothing is stored any more', async () => {
          const retries = await adapters.documents.collection({ name: 'converter.retries', indexes: ['due'] });
          return (await retries.count()) === 0;
        });
      },
    );
  });

  test('unexpected: three tries, then the dead letters', async () => {
    let tries = 0;
    await withConsumer(
      async () => {
        tries++;
        throw new TypeError('our bug');
      },
      async ({ request, outcomes }) => {
        await request('a');
        await until('it ended', () => outcomes.length === 1);
        assert.deepEqual([tries, outcomes[0]?.code], [3, 'unexpected']);
      },
    );
  });

  test('a dead letter is replayed by its own group', async () => {
    let broken = true;
    await withConsumer(
      async (_image, { replayed }) => {
        if (broken) throw new Problem('master-missing');
        return { code: replayed ? 'replayed-well' : 'done' };
      },
      async ({ request, outcomes, replay }) => {
        await request('a');
        await until('it failed', () => outcomes.length === 1);
        broken = false;
        assert.ok(outcomes[0]?.letter);
        await replay(outcomes[0].letter);
        await until('it ended well', () => outcomes.length === 2);
        assert.deepEqual([outcomes[1]?.code, outcomes[1]?.failed], ['replayed-well', false]);
      },
    );
  });

  test('what is no event is put aside as such', async () => {
    await withConsumer(
      async () => undefined,
      async ({ adapters, outcomes }) => {
        await adapters.bus.publish([{ topic: 'vitrine.conversion.v1', key: 'x', headers: {}, value: 'garbage' }]);
        const headers = { ce_specversion: '1.0', ce_id: '1', ce_source: '/x', ce_type: 'conversion.requested' };
        await adapters.bus.publish([{ topic: 'vitrine.conversion.v1', key: 'y', headers, value: '{"image":7}' }]);
        await until('both ended', () => outcomes.length === 2);
        assert.deepEqual(
          outcomes.map(({ code }) => code),
          ['event-invalid', 'event-invalid'],
        );
      },
    );
  });

  test('a flaky bus and store lose nothing and put nothing aside', async () => {
    const handled = new Map<string, number>();
    await withConsumer(
      async (image) => {
        handled.set(image, (handled.get(image) ?? 0) + 1);
        return undefined;
      },
      async ({ request, outcomes }) => {
        for (let n = 0; n < 60; n++) await request(`image-${n}`);
        await until('all were handled', () => handled.size === 60, 30_000);
        await until('all ended', () => new Set(outcomes.map(({ entity }) => entity)).size === 60, 30_000);
        assert.ok(outcomes.every(({ code }) => code === 'done'));
      },
      (adapters) => ({ ...adapters, bus: flaky(adapters.bus, 7), documents: flaky(adapters.documents, 8) }),
    );
  });
});

suite('events on the bus', () => {
  test('data above 64 KB travel as a reference and arrive whole', async () => {
    const folder = await temporaryFolder();
    const adapters = await openEmbedded(folder.path);
    const publish = createPublisher('harvester', adapters);
    const seen: number[] = [];
    const service: Service = {
      name: 'manifest',
      routes: [],
      tasks: [],
      subscriptions: [
        {
          group: 'm',
          concurrency: 1,
          recordsOutcomes: false,
          handlers: [on(objectHarvested, async ({ data }) => void seen.push(data.museumObject.label['en']?.[0]?.length ?? 0))],
        },
      ],
      close: async () => {},
    };
    const running = await runService(service, {
      metrics: createMetrics(),
      deps: { ...adapters, publish, log, now: () => new Date() },
      retryBase: 50,
      retryTick: 50,
    });
    const blob = { key: 'harvester/raw/x', sha256: 'a'.repeat(64), bytes: 1 };
    const museumObject = {
      label: { en: ['x'.repeat(100_000)] },
      names: [],
      metadata: [],
      provider: [],
      homepage: [],
      seeAlso: [],
      rendering: [],
      parts: [],
      wholes: [],
      collections: [],
      media: [],
      structure: [],
      place: [],
      access: [],
      annotations: [],
      images: [],
    };
    await publish(
      outgoing(
        objectHarvested,
        {
          object: 'o',
          revision: 1,
          source: 's',
          record: { address: 'https://x.example/', blob },
          mapping: { format: 'linked-art', version: 1 },
          activity: { type: 'Create' },
          museumObject,
        },
        {},
      ),
    );
    const stored = await adapters.bus.read('vitrine.object.v1', { partition: 0, offset: 1 });
    assert.equal(stored?.value, '');
    assert.ok(stored.headers['ce_dataref']);
    await until('it arrived', () => seen.length === 1);
    assert.deepEqual(seen, [100_000]);
    await running.stop();
    await closeAdapters(adapters);
    await folder.remove();
  });

  test('an event that breaks its own contract is not published', async () => {
    const folder = await temporaryFolder();
    const adapters = await openEmbedded(folder.path);
    const publish = createPublisher('converter', adapters);
    const wrong = { image: 'Not An Id', object: 'o', objectRevision: 1, reason: 'x' };
    await assert.rejects(
      publish(outgoing(conversionRequested, wrong, {})),
      (error) => error instanceof Problem && error.code === 'unexpected',
    );
    await closeAdapters(adapters);
    await folder.remove();
  });
});
