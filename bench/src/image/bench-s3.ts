import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { openS3Blobs } from '@vitrine/platform/blobs/s3.ts';
import { startS3 } from '@vitrine/platform/engines/start-engine.ts';
import { indexLength, readTileTable } from '@vitrine/pyramid/tile-table.ts';
import { type Figure, rounded } from '../figure.ts';
import type { BenchSet } from './bench-set.ts';
import { startImageServer, UNCACHED } from './start-image-server.ts';
import { load } from './wrk.ts';

const IN_FLIGHT = 8;
const SECONDS = 8;
const WARM_UP = 2;
const COUNTED = 300;

/** Tiles of a derivative on S3: against ranges of the same file by the bare SDK, one process and as many in flight; and how many requests each takes. */
export async function tilesFromS3(folder: string, set: BenchSet, paths: readonly string[], say: (text: string) => void): Promise<Figure[]> {
  const engine = await startS3();
  const blobs = await openS3Blobs(engine.url);
  await blobs.put(set.derivative, createReadStream(set.file));
  await blobs.put(set.tiles, await readFile(join(set.blobs, set.tiles)));
  try {
    const bare = await bareLoop(engine.url, set);
    say(`  ${'the SDK alone'.padEnd(52)} ${bare.toFixed(0).padStart(7)}/s`);
    const counting = await countingProxy(engine.url);
    const counted = await startImageServer(folder, set, { blobsUrl: counting.url, settings: UNCACHED, workers: 1 });
    await ask(counted.base, paths.slice(-1));
    const before = counting.count();
    await ask(counted.base, paths.slice(0, COUNTED));
    const trips = (counting.count() - before) / COUNTED;
    await counted.stop();
    await counting.close();
    const server = await startImageServer(folder, set, { blobsUrl: engine.url, settings: UNCACHED });
    await load(folder, server.base, paths, { seconds: WARM_UP });
    const ours = await load(folder, server.base, paths, { seconds: SECONDS });
    await server.stop();
    say(`  ${'ours'.padEnd(52)} ${ours.perSecond.toFixed(0).padStart(7)}/s  p99 ${ours.p99.toFixed(1)} ms, ${ours.errors} went wrong`);
    return [
      { name: 'tiles from S3: requests to the store a tile', value: rounded(trips), at_most: 1 },
      { name: 'tiles from S3 / the SDK alone', value: rounded(ours.perSecond / bare), at_least: 0.7 },
    ];
  } finally {
    await blobs.close();
    await engine.stop();
  }
}

async function ask(base: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const reply = await fetch(`${base}/${path}`);
    await reply.arrayBuffer();
    if (reply.status !== 200) throw new Error(`${path} is ${reply.status}`);
  }
}

/** Tiles a second. */
async function bareLoop(url: string, set: BenchSet): Promise<number> {
  const { searchParams, username, password, hostname } = new URL(url.replace('s3://', 'http://'));
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: searchParams.get('endpoint') ?? '',
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: password },
  });
  const table = await readFile(join(set.blobs, set.tiles));
  const [level] = readTileTable(table.subarray(0, indexLength(table))).levels;
  let n = 0;
  async function worker(until: number): Promise<number> {
    let done = 0;
    while (performance.now() < until) {
      const tile = n++ % level.offsets.length;
      const from = level.offsets[tile] ?? 0;
      const Range = `bytes=${from}-${from + (level.counts[tile] ?? 0) - 1}`;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: hostname, Key: set.derivative, Range }));
      await Body?.transformToByteArray();
      done++;
    }
    return done;
  }
  const run = async (seconds: number) => {
    const until = performance.now() + seconds * 1000;
    return (await Promise.all(Array.from({ length: IN_FLIGHT }, () => worker(until)))).reduce((sum, done) => sum + done, 0) / seconds;
  };
  await run(WARM_UP);
  const perSecond = await run(SECONDS);
  client.destroy();
  return perSecond;
}

/** Passes requests on to a store and counts those for objects. */
async function countingProxy(url: string) {
  const target = new URL(new URL(url.replace('s3://', 'http://')).searchParams.get('endpoint') ?? '');
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    if (incoming.method === 'GET') count++;
    const { method, url: path, headers } = incoming;
    const passed = request({ host: target.hostname, port: target.port, method, path, headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    passed.on('error', () => outgoing.destroy());
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = addressOf(server.address());
  return {
    url: url
      .replace(encodeURIComponent(target.origin), encodeURIComponent(`http://127.0.0.1:${port}`))
      .replace(target.origin, `http://127.0.0.1:${port}`),
    count: () => count,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the proxy listens nowhere');
  return address;
}
