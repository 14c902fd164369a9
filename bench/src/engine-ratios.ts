import { randomBytes } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Client } from '@opensearch-project/opensearch';
import { topics } from '@vitrine/contracts/topics.ts';
import { openS3Blobs } from '@vitrine/platform/blobs/s3.ts';
import { openKafkaBus } from '@vitrine/platform/bus/kafka.ts';
import { openMongoDocuments } from '@vitrine/platform/documents/mongodb.ts';
import { startKafka, startMongo, startOpenSearch, startS3 } from '@vitrine/platform/engines/start-engine.ts';
import { openOpenSearchTextIndex } from '@vitrine/platform/text-index/opensearch.ts';
import { until } from '@vitrine/platform/until.ts';
import { Kafka, logLevel } from 'kafkajs';
import { MongoClient } from 'mongodb';
import pino from 'pino';
import { type Figure, rounded } from './figure.ts';

const log = pino({ level: 'silent' });
const ROUNDS = 3;
const EVENTS = 30_000;
const BATCH = 100;
const TOPIC = 'vitrine.outcome.v1';
const value = JSON.stringify({ filler: 'x'.repeat(1000) });

const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return count / ((performance.now() - began) / 1000);
}

/** Ours and the bare client's by turns, so that a noisy moment hits both; the ratio is that of the medians. */
async function compare(name: string, atLeast: number, ours: () => Promise<number>, bare: () => Promise<number>): Promise<Figure[]> {
  const rates: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rates.bare.push(await bare());
    rates.ours.push(await ours());
  }
  const [our, their] = [median(rates.ours), median(rates.bare)];
  return [
    { name: `baseline: ${name}, bare client, a second`, value: Math.round(their) },
    { name: `${name}, a second (median of ${ROUNDS})`, value: Math.round(our) },
    { name: `${name} / bare client`, value: rounded(our / their), at_least: atLeast },
  ];
}

async function inParallel(count: number, width: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) await work(next++);
    }),
  );
}

export async function benchKafka(): Promise<Figure[]> {
  const engine = await startKafka();
  const brokers = [engine.url.slice('kafka://'.length)];
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const bus = await openKafkaBus({ url: engine.url, topics, log });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  const batches = Array.from({ length: EVENTS / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (_, n) => ({ key: `key-${(batch * BATCH + n) % 5000}`, headers: { ce_type: 'bench' }, value })),
  );
  const publishing = await compare(
    'events of 1 KB published, 100 a call',
    0.5,
    () =>
      perSecond(EVENTS, async () => {
        for (const batch of batches) await bus.publish(batch.map((record) => ({ topic: TOPIC, ...record })));
      }),
    () =>
      perSecond(EVENTS, async () => {
        for (const messages of batches) await producer.send({ topic: TOPIC, acks: -1, messages });
      }),
  );
  let readers = 0;
  const all = EVENTS * ROUNDS * 2;
  const consuming = await compare(
    'events of 1 KB consumed to the last commit',
    0.5,
    async () => {
      const group = `ours-${readers++}`;
      let handled = 0;
      let began = 0;
      const subscription = await bus.subscribe({
        group,
        topics: [TOPIC],
        concurrency: 16,
        redeliverAfter: 1000,
        deliver: async () => {
          if (handled++ === 0) began = performance.now();
        },
      });
      await until('all were handled', () => handled >= all, 120_000);
      await until('all were committed', async () => (await bus.lag(group, TOPIC)) === 0, 60_000);
      const rate = all / ((performance.now() - began) / 1000);
      await subscription.close();
      return rate;
    },
    async () => {
      const groupId = `bare-${readers++}`;
      const consumer = kafka.consumer({ groupId });
      await consumer.connect();
      await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
      let handled = 0;
      let began = 0;
      await consumer.run({
        eachMessage: async () => {
          if (handled++ === 0) began = performance.now();
        },
      });
      await until('all were handled', () => handled >= all, 120_000);
      const rate = all / ((performance.now() - began) / 1000);
      await consumer.disconnect();
      return rate;
    },
  );
  await producer.disconnect();
  await bus.close();
  await engine.stop();
  return [...publishing, ...consuming];
}

export async function benchDocuments(): Promise<Figure[]> {
  const engine = await startMongo();
  const documents = await openMongoDocuments(engine.url);
  const things = await documents.collection({ name: 'bench.ours', indexes: [] });
  const client = new MongoClient(engine.url);
  const bare = client.db().collection<{ _id: string; version: number; body: object }>('bench.bare');
  const body = { title: 'x'.repeat(500), list: [1, 2, 3], state: 'present' };
  // Few: the stand-in of CI looks through all documents for a filter beyond the id.
  const count = 300;
  await inParallel(count, 16, (n) => things.put(`id-${n}`, body, 0));
  await inParallel(count, 16, (n) => bare.insertOne({ _id: `id-${n}`, version: 1, body }));
  const gets = await compare(
    'documents got by id, 16 at once',
    0.7,
    () => perSecond(count, () => inParallel(count, 16, (n) => things.get(`id-${n}`))),
    () => perSecond(count, () => inParallel(count, 16, (n) => bare.findOne({ _id: `id-${n}` }))),
  );
  const versions = { ours: 1, bare: 1 };
  const sets = await compare(
    'documents compared and set, 16 at once',
    0.7,
    () => {
      const version = versions.ours++;
      return perSecond(count, () => inParallel(count, 16, (n) => things.put(`id-${n}`, body, version)));
    },
    () => {
      const version = versions.bare++;
      return perSecond(count, () =>
        inParallel(count, 16, (n) => bare.updateOne({ _id: `id-${n}`, version }, { $set: { version: version + 1, body } })),
      );
    },
  );
  await client.close();
  await documents.close();
  await engine.stop();
  return [...gets, ...sets];
}

export async function benchIndex(): Promise<Figure[]> {
  const engine = await startOpenSearch();
  const index = await openOpenSearchTextIndex(engine.url);
  const client = new Client({ node: engine.url });
  await client.indices.create({
    index: 'bare',
    body: {
      settings: { index: { analysis: { analyzer: { thai: { type: 'whitespace' } } } } },
      mappings: { properties: { text: { type: 'text' } } },
    },
  });
  const pages = 500;
  const text = (n: number) => Array.from({ length: 300 }, (_, word) => `word${(n * 31 + word * 7) % 5000}`).join(' ');
  const figures = await compare(
    'objects of 300 words put, 50 a call',
    0.7,
    () =>
      perSecond(pages, async () => {
        for (let from = 0; from < pages; from += 50)
          await index.put(
            Array.from({ length: 50 }, (_, n) => ({
              id: `p${from + n}`,
              revision: 1,
              words: { label: `book${from + n}`, metadata: '', text: text(from + n), forms: '' },
              keywords: ['source=bench'],
              title: `book${from + n}`,
            })),
          );
      }),
    () =>
      perSecond(pages, async () => {
        for (let from = 0; from < pages; from += 50)
          await client.bulk({
            index: 'bare',
            body: Array.from({ length: 50 }, (_, n) => n).flatMap((n) => [{ index: { _id: `p${from + n}` } }, { text: text(from + n) }]),
          });
      }),
  );
  await client.close();
  await index.close();
  await engine.stop();
  return figures;
}

export async function benchBlobs(): Promise<Figure[]> {
  const engine = await startS3();
  const blobs = await openS3Blobs(engine.url);
  const { searchParams, username, password } = new URL(engine.url.replace('s3://', 'http://'));
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: searchParams.get('endpoint') ?? '',
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
  const size = 4 * 1024 * 1024;
  await blobs.put('bench/pyramid', randomBytes(size));
  const count = 2000;
  const from = (n: number) => (n * 20_011) % (size - 16_384);
  const figures = await compare(
    'ranges of 16 KB read, 16 at once',
    0.7,
    () => perSecond(count, () => inParallel(count, 16, (n) => blobs.read('bench/pyramid', { from: from(n), to: from(n) + 16_384 }))),
    () =>
      perSecond(count, () =>
        inParallel(count, 16, async (n) => {
          const Range = `bytes=${from(n)}-${from(n) + 16_383}`;
          const { Body } = await client.send(new GetObjectCommand({ Bucket: 'vitrine', Key: 'bench/pyramid', Range }));
          await Body?.transformToByteArray();
        }),
      ),
  );
  client.destroy();
  await blobs.close();
  await engine.stop();
  return figures;
}
