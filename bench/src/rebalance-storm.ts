import { setTimeout } from 'node:timers/promises';
import { topics } from '@vitrine/contracts/topics.ts';
import { openKafkaBus } from '@vitrine/platform/bus/kafka.ts';
import type { Bus, Subscription } from '@vitrine/platform/bus/port.ts';
import { openMongoDocuments } from '@vitrine/platform/documents/mongodb.ts';
import type { StoredDocument } from '@vitrine/platform/documents/port.ts';
import { startKafka, startMongo } from '@vitrine/platform/engines/start-engine.ts';
import { until } from '@vitrine/platform/until.ts';
import pino from 'pino';
import type { Figure } from './figure.ts';

const STORMS = 20;
const MEMBERS = 4;
const KEYS = 20;
const TOPIC = 'vitrine.outcome.v1';

const countOf = (document: StoredDocument | undefined): number => Number(document?.body['count'] ?? 0);

/**
 * 1 to 4 to 1 members, again and again, while events come. The effect of an event is that its key counts one more, once: whoever inserts the
 * event's id by compare-and-set counts it. A key that counts less than its events lost some, one that counts more had some twice.
 */
export async function rebalanceStorm(): Promise<Figure[]> {
  const log = pino({ level: 'silent' });
  const [kafka, mongo] = [await startKafka(), await startMongo()];
  const documents = await openMongoDocuments(mongo.url);
  const effects = await documents.collection({ name: 'bench.effects', indexes: [] });
  const counters = await documents.collection({ name: 'bench.counters', indexes: [] });
  const buses: Bus[] = [];
  for (let n = 0; n < MEMBERS; n++) buses.push(await openKafkaBus({ url: kafka.url, topics, log, sessionTimeout: 6000 }));
  const [publisher] = buses;
  if (!publisher) throw new Error('no bus');
  let deliveries = 0;

  async function effect(key: string, event: string): Promise<void> {
    if ((await effects.put(`${key}/${event}`, {}, 0)) === undefined) return;
    for (;;) {
      const current = await counters.get(key);
      if ((await counters.put(key, { count: countOf(current) + 1 }, current?.version ?? 0)) !== undefined) return;
    }
  }

  const join = (bus: Bus): Promise<Subscription> =>
    bus.subscribe({
      group: 'storm',
      topics: [TOPIC],
      concurrency: 4,
      redeliverAfter: 50,
      deliver: async ({ key, value }, signal) => {
        deliveries++;
        signal.throwIfAborted();
        await effect(key, value);
      },
    });

  let published = 0;
  let rounds = 0;
  let publishing = true;
  const load = (async () => {
    for (let revision = 1; publishing; revision++) {
      const records = Array.from({ length: KEYS }, (_, n) => ({ topic: TOPIC, key: `key-${n}`, headers: {}, value: String(revision) }));
      await publisher.publish(records);
      published += records.length;
      rounds++;
      await setTimeout(100);
    }
  })();
  const first = await join(publisher);
  for (let storm = 0; storm < STORMS; storm++) {
    const others = await Promise.all(buses.slice(1).map(join));
    await setTimeout(300);
    await Promise.all(others.map((subscription) => subscription.close()));
  }
  publishing = false;
  await load;
  await until('everything was handled', async () => (await publisher.lag('storm', TOPIC)) === 0, 60_000);
  const counts = await Promise.all(Array.from({ length: KEYS }, (_, n) => counters.get(`key-${n}`).then(countOf)));
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  await first.close();
  for (const bus of buses) await bus.close();
  await documents.close();
  await Promise.all([kafka.stop(), mongo.stop()]);
  return [
    { name: `baseline: events published in ${STORMS} rebalance storms of ${MEMBERS} members`, value: published },
    { name: 'deliveries beyond the first of each event', value: deliveries - published },
    { name: 'events lost in the storms', value: sum(counts.map((count) => Math.max(0, rounds - count))), at_most: 0 },
    { name: 'double effects in the storms', value: sum(counts.map((count) => Math.max(0, count - rounds))), at_most: 0 },
  ];
}
