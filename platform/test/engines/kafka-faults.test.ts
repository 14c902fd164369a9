import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Topic, topics } from '@vitrine/contracts/topics.ts';
import { Kafka, logLevel } from 'kafkajs';
import { pino } from 'pino';
import { openKafkaBus } from '../../src/bus/kafka.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startKafka } from '../../src/engines/start-engine.ts';
import { Problem } from '../../src/problem.ts';
import { until } from '../../src/until.ts';
import { mortalNetwork } from './mortal-network.ts';

const log = pino({ level: 'silent' });
const work: Topic = { ...topics['vitrine.outcome.v1'], partitions: 2 };
const isProblem = (code: string, detail: RegExp) => (error: unknown) =>
  error instanceof Problem && error.code === code && detail.test(error.message);

suite('Kafka as it should not be', {
  skip: (await containerEngineAnswers(process.env)) ? false : WITHOUT_ENGINES,
  timeout: 300_000,
}, () => {
  let engine: StartedEngine;
  let kafka: Kafka;
  before(async () => {
    engine = await startKafka();
    kafka = new Kafka({ brokers: [engine.url.slice('kafka://'.length)], logLevel: logLevel.NOTHING });
  });
  after(() => engine.stop());

  async function withAdmin<T>(run: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
    const admin = kafka.admin();
    await admin.connect();
    return run(admin).finally(() => admin.disconnect());
  }
  const open = (names: Record<string, Topic>, url = engine.url) => openKafkaBus({ url, topics: names, log });

  test('a topic with another number of partitions stops the start in one sentence, and stays as it is', () =>
    withAdmin(async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'vitrine.few.v1', numPartitions: 3 }], waitForLeaders: true });
      await assert.rejects(open({ 'vitrine.few.v1': work }), isProblem('engine-unfit', /vitrine\.few\.v1 has 3 partitions instead of 2/));
      const { topics: found } = await admin.fetchTopicMetadata({ topics: ['vitrine.few.v1'] });
      assert.equal(found[0]?.partitions.length, 3);
    }));

  test('a topic of somebody else under our name stops the start', () =>
    withAdmin(async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'vitrine.foreign.v1', numPartitions: 2 }], waitForLeaders: true });
      const compacted: Topic = { ...work, cleanup: 'compact' };
      await assert.rejects(
        open({ 'vitrine.foreign.v1': compacted }),
        isProblem('engine-unfit', /cleanup\.policy=delete instead of compact/),
      );
    }));

  test('a broker that does not know our user refuses us by name', () =>
    assert.rejects(
      open({ 'vitrine.refused.v1': work }, engine.url.replace('kafka://', 'kafka://user:password@')),
      isProblem('engine-refused', /kafka/),
    ));

  test('nothing that listens there is said as such, and waited for', () =>
    assert.rejects(open({ 'vitrine.nobody.v1': work }, 'kafka://127.0.0.1:1'), isProblem('port-unavailable', /kafka/)));

  test('a topic that goes missing holds publishers up, and serves again when it is made anew', () =>
    withAdmin(async (admin) => {
      const bus = await open({ 'vitrine.gone.v1': work });
      const record = { topic: 'vitrine.gone.v1', key: 'a', headers: {}, value: '1' };
      await bus.publish([record]);
      await admin.deleteTopics({ topics: ['vitrine.gone.v1'] });
      await setTimeout(1000);
      await assert.rejects(bus.publish([record]), isProblem('port-unavailable', /kafka/));
      await admin.createTopics({ topics: [{ topic: 'vitrine.gone.v1', numPartitions: 2 }], waitForLeaders: true });
      await until('it is published', () =>
        bus.publish([record]).then(
          () => true,
          () => false,
        ),
      );
      await bus.close();
    }));

  test('a record that is too large is refused before anything is sent', async () => {
    const bus = await open({ 'vitrine.large.v1': work });
    const large = { topic: 'vitrine.large.v1', key: 'a', headers: {}, value: 'x'.repeat(2_000_000) };
    await assert.rejects(bus.publish([large]), isProblem('unexpected', /20000\d\d bytes/));
    await bus.close();
  });

  test('what is published after a publication whose answer was lost is not taken for the same', async () => {
    const network = mortalNetwork();
    const names = { 'vitrine.lost.v1': { ...work, partitions: 1 } };
    const bus = await openKafkaBus({ url: engine.url, topics: names, log, socketFactory: network.socketFactory });
    const record = (value: string) => ({ topic: 'vitrine.lost.v1', key: 'a', headers: {}, value });
    await bus.publish([record('first')]);
    network.deafen();
    const lost = assert.rejects(bus.publish([record('written, but nobody hears of it')]), isProblem('port-unavailable', /kafka/));
    await setTimeout(500);
    network.die();
    await lost;
    network.revive();
    let position = { partition: 0, offset: -1 };
    await until('the next is published', () =>
      bus.publish([record('next')]).then(
        ([published]) => {
          position = published ?? position;
          return true;
        },
        () => false,
      ),
    );
    assert.equal((await bus.read('vitrine.lost.v1', position))?.value, 'next');
    await bus.close();
  });

  test('a connection that breaks within an answer is made anew, and what comes then is not taken for the rest of it', async () => {
    const network = mortalNetwork();
    const bus = await openKafkaBus({ url: engine.url, topics: { 'vitrine.cut.v1': work }, log, socketFactory: network.socketFactory });
    const seen = new Set<string>();
    const deliver = async ({ value }: { value: string }) => void seen.add(value);
    await bus.subscribe({ group: 'cut', topics: ['vitrine.cut.v1'], concurrency: 1, redeliverAfter: 100, deliver });
    for (let n = 0; n < 5; n++) {
      network.cut();
      await until('it is published', () =>
        bus.publish([{ topic: 'vitrine.cut.v1', key: 'a', headers: {}, value: String(n) }]).then(
          () => true,
          () => false,
        ),
      );
    }
    await until('all came', () => seen.size === 5, 60_000);
    await bus.close();
  });

  test('a member that was away while its group was rewound reads everything again', async () => {
    const network = mortalNetwork();
    const names = { 'vitrine.rewound.v1': work };
    const options = { url: engine.url, topics: names, log, sessionTimeout: 6000 };
    const [away, other] = [await openKafkaBus({ ...options, socketFactory: network.socketFactory }), await openKafkaBus(options)];
    const group = { group: 'rewound', topics: ['vitrine.rewound.v1'], concurrency: 4, redeliverAfter: 100 };
    const seen: string[] = [];
    const records = Array.from({ length: 20 }, (_, n) => ({ topic: 'vitrine.rewound.v1', key: `key-${n}`, headers: {}, value: String(n) }));
    await other.publish(records);
    await away.subscribe({ ...group, deliver: async ({ value }) => void seen.push(value) });
    await until('all came', async () => seen.length === 20 && (await other.lag('rewound', 'vitrine.rewound.v1')) === 0);
    network.die();
    await setTimeout(8000);
    const leader = await other.subscribe({ ...group, deliver: () => Promise.reject(new Error('not here')) });
    await leader.rewind([{ topic: 'vitrine.rewound.v1' }]);
    await leader.close();
    network.revive();
    await until('all came again', () => seen.length === 40, 60_000);
    assert.deepEqual(seen.slice(20).toSorted(), seen.slice(0, 20).toSorted());
    await Promise.all([away.close(), other.close()]);
  });

  test('an idle subscription sleeps: kafkajs arms no timer every millisecond', async () => {
    const bus = await open({ 'vitrine.idle.v1': work });
    await bus.subscribe({ group: 'idle', topics: ['vitrine.idle.v1'], concurrency: 1, redeliverAfter: 1000, deliver: async () => {} });
    await setTimeout(2000);
    let timers = 0;
    const hook = createHook({
      init: (_id, type) => {
        if (type === 'Timeout') timers++;
      },
    }).enable();
    await setTimeout(3000);
    hook.disable();
    await bus.close();
    // Unmended it is about 900 a second and connection.
    assert.ok(timers < 100, `${timers} timers in three seconds`);
  });
});
