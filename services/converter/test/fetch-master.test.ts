import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { fetchMaster } from '../src/masters/fetch-master.ts';
import { parseMasterPlaces } from '../src/masters/master-places.ts';
import { s3Masters } from '../src/masters/s3-masters.ts';

const BYTES = randomBytes(300_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const signal = new AbortController().signal;

type Answer = (request: IncomingMessage, reply: ServerResponse, times: number) => void;

/** A museum's server for one test, and what came of asking it. */
async function fetching(answer: Answer, places: unknown[] = [], patience = 1000) {
  let times = 0;
  const asked: IncomingMessage['headers'][] = [];
  const server = createServer((request, reply) => {
    asked.push(request.headers);
    answer(request, reply, ++times);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  const outbound = createOutboundHttp({ allowedOrigins: new Set([origin]), timeout: 2000, atOnce: 2, userAgent: 'test' });
  const folder = await temporaryFolder();
  const file = join(folder.path, 'master');
  const known = parseMasterPlaces(JSON.stringify(places).replaceAll('ORIGIN', origin));
  try {
    const fetched = await fetchMaster({ outbound, places: known, s3: s3Masters() }, `${origin}/master.tif`, file, {
      source: 'museum',
      etag: undefined,
      maxBytes: 1_000_000,
      signal,
      patience,
    });
    return { fetched, asked, bytes: await readFile(file) };
  } finally {
    await outbound.close();
    server.closeAllConnections();
    server.close();
    await folder.remove();
  }
}

const codeOf = (thrown: unknown) => (thrown instanceof Problem ? thrown.code : String(thrown));
const whole = (reply: ServerResponse, etag?: string) =>
  reply.writeHead(200, { 'content-length': BYTES.length, ...(etag === undefined ? {} : { etag }) }).end(BYTES);

suite('masters from the web', { concurrency: 4 }, () => {
  test('what is fetched is hashed, and its ETag kept', async () => {
    const { fetched, bytes } = await fetching((_, reply) => whole(reply, '"one"'));
    assert.deepEqual(fetched, { sha256: SHA256, etag: '"one"' });
    assert.ok(bytes.equals(BYTES));
  });

  test('a transfer that is cut goes on where it was', async () => {
    const { fetched, asked, bytes } = await fetching((request, reply, times) => {
      if (times === 1) {
        reply.writeHead(200, { 'content-length': BYTES.length, etag: '"one"' });
        reply.write(BYTES.subarray(0, 200_000), () => setTimeout(() => reply.destroy(), 50));
        return;
      }
      const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1]);
      reply
        .writeHead(206, { etag: '"one"', 'content-range': `bytes ${from}-${BYTES.length - 1}/${BYTES.length}` })
        .end(BYTES.subarray(from));
    });
    assert.equal(fetched?.sha256, SHA256);
    assert.ok(bytes.equals(BYTES));
    assert.deepEqual([asked.length, asked[1]?.['if-range']], [2, '"one"']);
    assert.match(String(asked[1]?.range), /^bytes=[1-9]/);
  });

  test('a transfer that is cut begins anew where the master has changed', async () => {
    const { fetched } = await fetching((_, reply, times) => {
      if (times > 1) return void whole(reply, '"two"');
      reply.writeHead(200, { 'content-length': 900_000, etag: '"one"' });
      reply.write(randomBytes(100_000), () => setTimeout(() => reply.destroy(), 50));
    });
    assert.deepEqual(fetched, { sha256: SHA256, etag: '"two"' });
  });

  test('credentials go to their origin alone, and are never said', async () => {
    const places = [{ name: 'dams', origin: 'ORIGIN', headers: { authorization: 'Bearer sesame' } }];
    const { asked } = await fetching((_, reply) => whole(reply), places);
    assert.equal(asked[0]?.authorization, 'Bearer sesame');
    const other = await fetching(
      (_, reply) => whole(reply),
      [{ name: 'dams', origin: 'https://elsewhere.example', headers: { authorization: 'Bearer sesame' } }],
    );
    assert.equal(other.asked[0]?.authorization, undefined);
    const others = [{ name: 'dams', origin: 'ORIGIN', headers: { authorization: 'Bearer sesame' }, sources: ['another'] }];
    assert.equal((await fetching((_, reply) => whole(reply), others)).asked[0]?.authorization, undefined, 'of another source');
    assert.throws(
      () => parseMasterPlaces('[{"name":"dams","origin":"https://x.example/","headers":{"authorization":"Bearer sesame"}}]'),
      (thrown) => thrown instanceof Problem && thrown.code === 'configuration-invalid' && !thrown.message.includes('sesame'),
    );
  });

  const refused: readonly (readonly [string, Answer, string])[] = [
    [
      'a server that is cut each time and names no version',
      (_, reply) => {
        reply.writeHead(200, { 'content-length': BYTES.length });
        reply.write(BYTES.subarray(0, 100_000), () => setTimeout(() => reply.destroy(), 20));
      },
      'source-unreachable',
    ],
    [
      'a server that sends a byte now and then',
      (_, reply) => {
        reply.writeHead(200);
        const timer = setInterval(() => reply.write('x'), 40);
        reply.on('close', () => clearInterval(timer));
      },
      'source-unreachable',
    ],
    [
      'more than was announced and is allowed',
      (_, reply) => {
        reply.writeHead(200);
        reply.end(Buffer.alloc(1_200_000));
      },
      'master-too-large',
    ],
    [
      'more than is allowed, as it says itself',
      (_, reply) => void reply.writeHead(200, { 'content-length': 5_000_000 }).end(),
      'master-too-large',
    ],
    [
      'less than was announced',
      (_, reply) => {
        reply.writeHead(200, { 'content-length': 400_000 });
        reply.write(BYTES, () => setTimeout(() => reply.destroy(), 20));
      },
      'source-unreachable',
    ],
    ['nothing there', (_, reply) => void reply.writeHead(404).end(), 'master-missing'],
    ['a door that is closed', (_, reply) => void reply.writeHead(403).end(), 'source-refused'],
  ];
  for (const [name, answer, code] of refused)
    test(`${name}: ${code}`, async () => assert.equal(await fetching(answer, [], 300).then(() => 'fetched', codeOf), code));
});
