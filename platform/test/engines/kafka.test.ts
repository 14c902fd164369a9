import { after, before, suite } from 'node:test';
import { type Topic, topics } from '@vitrine/contracts/topics.ts';
import { pino } from 'pino';
import { busConformance } from '../../src/bus/conformance.ts';
import { openKafkaBus } from '../../src/bus/kafka.ts';
import type { Bus, BusRecord, Position, StoredRecord } from '../../src/bus/port.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startKafka } from '../../src/engines/start-engine.ts';
import { mortalNetwork } from './mortal-network.ts';

const there = await containerEngineAnswers(process.env);
const SESSION = 6000;
const log = pino({ level: 'silent' });

/** The same bus under other names of topics and groups, so that each case has an empty one. */
function renamed(bus: Bus, mark: string): Bus {
  const inner = (topic: string) =>
    topic.replace(/^vitrine\.(test|other)/, `vitrine.$1-${mark}`).replace(/\.([a-z]+)\.dlq$/, `.$1-${mark}.dlq`);
  const outer = (topic: string) => topic.replaceAll(`-${mark}`, '');
  const innerRecord = (record: BusRecord): BusRecord => ({ ...record, topic: inner(record.topic) });
  const outerRecord = (record: StoredRecord): StoredRecord => ({ ...record, topic: outer(record.topic) });
  return {
    ...bus,
    publish: (records) => bus.publish(records.map(innerRecord)),
    subscribe: async (options) => {
      const subscription = await bus.subscribe({
        ...options,
        group: `${options.group}-${mark}`,
        topics: options.topics.map(inner),
        deliver: (record, signal) => options.deliver(outerRecord(record), signal),
      });
      return {
        ...subscription,
        rewind: (targets, between) =>
          subscription.rewind(
            targets.map((target) => ({ ...target, topic: inner(target.topic) })),
            between,
          ),
      };
    },
    read: async (topic, position: Position) => {
      const found = await bus.read(inner(topic), position);
      return found && outerRecord(found);
    },
    lag: (group, topic) => bus.lag(`${group}-${mark}`, inner(topic)),
  };
}

suite('on Kafka', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000 }, () => {
  let kafka: StartedEngine;
  before(async () => {
    kafka = await startKafka();
  });
  after(() => kafka.stop());
  let cases = 0;

  busConformance(
    'kafka',
    async () => {
      const mark = String(++cases);
      const testTopic: Topic = { ...topics['vitrine.outcome.v1'], partitions: 4 };
      const testTopics = { [`vitrine.test-${mark}.v1`]: testTopic, [`vitrine.other-${mark}.v1`]: testTopic };
      const opened: Bus[] = [];
      let network = mortalNetwork();
      const open = async () => {
        const bus = await openKafkaBus({
          url: kafka.url,
          topics: testTopics,
          log,
          sessionTimeout: SESSION,
          socketFactory: network.socketFactory,
        });
        opened.push(bus);
        return renamed(bus, mark);
      };
      return {
        bus: await open(),
        crash: async () => {
          network.die();
          network = mortalNetwork();
          return open();
        },
        another: open,
        dispose: async () => void (await Promise.allSettled(opened.map((bus) => bus.close()))),
      };
    },
    { long: 10 * SESSION },
  );
});
