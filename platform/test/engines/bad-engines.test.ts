import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { after, before, suite, test } from 'node:test';
import { openS3Blobs } from '../../src/blobs/s3.ts';
import { openMongoDocuments } from '../../src/documents/mongodb.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startMongo, startS3 } from '../../src/engines/start-engine.ts';
import { Problem } from '../../src/problem.ts';
import { openOpenSearchTextIndex } from '../../src/text-index/opensearch.ts';

const isProblem = (code: string, detail: RegExp) => (error: unknown) =>
  error instanceof Problem && error.code === code && detail.test(error.message);

async function withAnswer(body: object, run: (origin: string) => Promise<void>): Promise<void> {
  const server: Server = createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
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

suite('engines that refuse or are full', {
  skip: (await containerEngineAnswers(process.env)) ? false : WITHOUT_ENGINES,
  timeout: 300_000,
}, () => {
  let mongo: StartedEngine;
  let s3: StartedEngine;
  before(async () => {
    [mongo, s3] = await Promise.all([startMongo({ '/data/db': 'rw,size=8m' }), startS3({ '/data': 'rw,size=16m' })]);
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
});
