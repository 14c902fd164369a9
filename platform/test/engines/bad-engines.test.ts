import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Topic, topics } from '@vitrine/contracts/topics.ts';
import { pino } from 'pino';
import { openS3Blobs } from '../../src/blobs/s3.ts';
import { openKafkaBus } from '../../src/bus/kafka.ts';
import { openMongoDocuments } from '../../src/documents/mongodb.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startKafka, startMongo, startOpenSearch, startS3 } from '../../src/engines/start-engine.ts';
import { Problem } from '../../src/problem.ts';
import { openOpenSearchTextIndex } from '../../src/text-index/opensearch.ts';
import { until } from '../../src/until.ts';

const log = pino({ level: 'silent' });
const isProblem = (code: string, detail: RegExp) => (error: unknown) =>
  error instanceof Problem && error.code === code && detail.test(error.message);

async function withAnswer(body: object, run: (origin: string) => Promise<void>, status = 200): Promise<void> {
  const server: Server = createServer((_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    await run(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Speaks as much of Kafka's protocol as says which versions of each request it knows. */
async function withBroker(
  versions: Readonly<Record<number, readonly [number, number]>>,
  run: (url: string) => Promise<void>,
): Promise<void> {
  const broker = createTcpServer((socket) =>
    socket.on('error', () => {}).on('data', (request) => socket.write(apiVersionsAnswer(request.readInt32BE(8), versions))),
  );
  await new Promise<void>((resolve) => broker.listen(0, '127.0.0.1', resolve));
  const address = broker.address();
  try {
    await run(`kafka://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  } finally {
    broker.close();
  }
}

/** ApiVersions 1 and 2 (https://kafka.apache.org/protocol#The_Messages_ApiVersions): correlation, error, list of (key, lowest, highest), throttle. */
function apiVersionsAnswer(correlation: number, versions: Readonly<Record<number, readonly [number, number]>>): Buffer {
  const known = Object.entries(versions);
  const body = Buffer.alloc(4 + 2 + 4 + known.length * 6 + 4);
  body.writeInt32BE(correlation, 0);
  body.writeInt32BE(known.length, 6);
  for (const [place, [key, [lowest, highest]]] of known.entries())
    for (const [part, value] of [Number(key), lowest, highest].entries()) body.writeInt16BE(value, 10 + place * 6 + part * 2);
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
}

suite('engines of another kind or version', () => {
  for (const [title, version, said] of [
    ['Elasticsearch', { number: '8.15.0' }, /Elasticsearch 8\.15\.0; OpenSearch 2 or newer is needed/],
    ['an OpenSearch that is too old', { distribution: 'opensearch', number: '1.3.2' }, /opensearch 1\.3\.2/],
  ] as const) {
    test(`${title} stops the start in one sentence`, () =>
      withAnswer({ version }, async (origin) => {
        await assert.rejects(openOpenSearchTextIndex(origin), isProblem('engine-unfit', said));
      }));
  }

  for (const [title, versions, said] of [
    ['a Kafka broker that is too old', { 0: [0, 2], 1: [0, 3] }, /too old: it does not speak Produce 3; Kafka 1\.1 or newer/],
    ['a Kafka broker that speaks nothing of ours any more', { 0: [8, 12], 1: [4, 17] }, /too new: it no longer speaks Produce 7/],
  ] as const) {
    test(`${title} stops the start in one sentence`, () =>
      withBroker(versions, async (url) => {
        await assert.rejects(openKafkaBus({ url, topics: {}, log }), isProblem('engine-unfit', said));
      }));
  }

  test('an OpenSearch that gives us no right refuses us by name', () =>
    withAnswer(
      { error: { type: 'security_exception', reason: 'no permissions for [indices:admin/create]' }, status: 403 },
      async (origin) => {
        await assert.rejects(openOpenSearchTextIndex(origin), isProblem('engine-refused', /opensearch/));
      },
      403,
    ));

  test('a store that takes a conditional put for any other stops the start', () =>
    withAnswer({}, async (origin) => {
      const url = `s3://key:secret@bucket?endpoint=${encodeURIComponent(origin)}`;
      await assert.rejects(openS3Blobs(url), isProblem('engine-unfit', /If-None-Match/));
    }));

  test('an address that is none is a fault of the configuration', async () => {
    await assert.rejects(openS3Blobs('s3://'), isProblem('configuration-invalid', /VITRINE_BLOBS/));
    await assert.rejects(openMongoDocuments('mongodb://'), isProblem('configuration-invalid', /VITRINE_DOCUMENTS/));
  });
});

const few: Topic = { ...topics['vitrine.outcome.v1'], partitions: 1 };
const FULL_LOGS = { KAFKA_LOG_SEGMENT_BYTES: '4194304', KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1' };
/** Users with passwords, of whom only the broker's own may do anything. */
const STRICT = {
  KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_PLAINTEXT',
  KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
  KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN',
  KAFKA_SASL_MECHANISM_INTER_BROKER_PROTOCOL: 'PLAIN',
  KAFKA_LISTENER_NAME_PLAINTEXT_PLAIN_SASL_JAAS_CONFIG:
    'org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="secret" user_broker="secret" user_visitor="secret";',
  KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  KAFKA_SUPER_USERS: 'User:broker;User:ANONYMOUS',
};

const INDEX_DATA = '/usr/share/opensearch/data';
/** As a cluster has them, but small; looked at as often as OpenSearch allows. */
const WATERMARKS = {
  'cluster.routing.allocation.disk.threshold_enabled': 'true',
  'cluster.routing.allocation.disk.watermark.low': '80mb',
  'cluster.routing.allocation.disk.watermark.high': '70mb',
  'cluster.routing.allocation.disk.watermark.flood_stage': '60mb',
  'cluster.info.update.interval': '10s',
};

suite('engines that refuse or are full', {
  skip: (await containerEngineAnswers(process.env)) ? false : WITHOUT_ENGINES,
  timeout: 300_000,
}, () => {
  let mongo: StartedEngine;
  let s3: StartedEngine;
  before(async () => {
    [mongo, s3] = await Promise.all([
      startMongo({ memory: { '/data/db': 'rw,size=8m' } }),
      startS3({ memory: { '/data': 'rw,size=16m' } }),
    ]);
  });
  after(() => Promise.all([mongo.stop(), s3.stop()]));

  test('a blob store that does not know our key refuses us by name', () =>
    assert.rejects(openS3Blobs(s3.url.replace('vitrine-secret', 'another')), isProblem('engine-refused', /s3/)));

  test('a full blob store waits, and shows nothing of what did not fit', async () => {
    const blobs = await openS3Blobs(s3.url);
    async function* tooMuch() {
      for (let n = 0; n < 30; n++) yield randomBytes(1024 * 1024);
    }
    await assert.rejects(blobs.put('test/large', tooMuch()), isProblem('port-unavailable', /s3/));
    await assert.rejects(blobs.put('test/whole', randomBytes(20 * 1024 * 1024)), isProblem('port-unavailable', /s3/));
    assert.deepEqual([await blobs.stat('test/large'), await blobs.stat('test/whole')], [undefined, undefined]);
    await blobs.put('test/small', randomBytes(1000));
    assert.equal((await blobs.stat('test/small'))?.bytes, 1000);
    await blobs.close();
  });

  test('a full document store waits, and keeps what it acknowledged', async () => {
    const documents = await openMongoDocuments(mongo.url);
    const things = await documents.collection({ name: 'test.things', indexes: [] });
    let kept = 0;
    const fill = async () => {
      for (; kept < 100; kept++) await things.put(`id-${kept}`, { text: 'x'.repeat(200_000) }, 0);
    };
    await assert.rejects(fill(), isProblem('port-unavailable', /mongodb/));
    assert.ok(kept > 0);
    for (let n = 0; n < kept; n++) assert.ok(await things.get(`id-${n}`));
    await documents.close();
  });

  test('a full broker waits, and loses nothing that it acknowledged while it lived', async () => {
    const full = await startKafka({ settings: FULL_LOGS, memory: { '/var/lib/kafka/data': 'rw,size=24m,uid=1000' } });
    const bus = await openKafkaBus({ url: full.url, topics: { 'vitrine.full.v1': few }, log });
    const record = { topic: 'vitrine.full.v1', key: 'a', headers: {}, value: randomBytes(300_000).toString('base64') };
    let kept = 0;
    const fill = async () => {
      for (; kept < 200; kept++) await bus.publish([record]);
    };
    await assert.rejects(fill(), isProblem('port-unavailable', /kafka/));
    assert.ok(kept > 0);
    await assert.rejects(bus.check(), isProblem('port-unavailable', /kafka/));
    await bus.close();
    await full.stop();
  });

  test('a broker that gives us no right refuses us by name', async () => {
    const strict = await startKafka({ settings: STRICT });
    try {
      const url = strict.url.replace('kafka://', 'kafka://visitor:secret@').concat('?mechanism=plain');
      await assert.rejects(openKafkaBus({ url, topics: { 'vitrine.refused.v1': few }, log }), isProblem('engine-refused', /kafka/));
    } finally {
      await strict.stop();
    }
  });

  test('an index on a disk that fills up waits, finds what it acknowledged, and goes on when there is room', async () => {
    const full = await startOpenSearch({ settings: WATERMARKS, memory: { [INDEX_DATA]: 'rw,size=200m,uid=1000' } });
    const index = await openOpenSearchTextIndex(`${full.url}/full`);
    const put = (n: number) =>
      index.put([{ id: `p${n}`, revision: 1, words: { label: '', metadata: '', text: `page ${n}`, forms: '' }, keywords: [], title: '' }]);
    await full.container.exec(['sh', '-c', `head -c 170000000 /dev/zero > ${INDEX_DATA}/ballast`]);
    let kept = 0;
    const fill = async () => {
      for (; kept < 600; kept++) {
        await put(kept);
        await setTimeout(100);
      }
    };
    await assert.rejects(fill(), isProblem('port-unavailable', /opensearch/));
    assert.ok(kept > 0);
    const query = { all: [[{ fields: ['text'], words: ['page'] }]], keywords: [], sort: 'id', from: 0, limit: 1, facets: [] } as const;
    const found = async () => (await index.search(query)).total;
    await until('what was acknowledged is found', async () => (await found()) === kept);
    await full.container.exec(['rm', `${INDEX_DATA}/ballast`]);
    await until(
      'it takes texts again',
      () =>
        put(kept).then(
          () => true,
          () => false,
        ),
      60_000,
    );
    await index.close();
    await full.stop();
  });
});
