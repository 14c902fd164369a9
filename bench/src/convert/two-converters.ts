import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { topics } from '@vitrine/contracts/topics.ts';
import { openStores } from '@vitrine/converter/stores.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import { openKafkaBus } from '@vitrine/platform/bus/kafka.ts';
import { openMongoDocuments } from '@vitrine/platform/documents/mongodb.ts';
import { startKafka, startMongo } from '@vitrine/platform/engines/start-engine.ts';
import { createPublisher, outgoing } from '@vitrine/platform/events/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import pino from 'pino';
import { sharpAlone } from './sharp-alone.ts';

const CONVERTER = resolve(import.meta.dirname, '../../../services/converter/src/main.ts');
/** Masters for one; two get twice as many. */
const EACH = 16;
const WARM = 6;

/** How many times as much two do as one: converters on Kafka, a core and a thread each; and processes of sharp. */
export async function twoConverters(masters: readonly string[], say: (text: string) => void): Promise<{ ours: number; sharps: number }> {
  const folder = await temporaryFolder();
  const [kafka, mongo] = await Promise.all([startKafka(), startMongo()]);
  const log = pino({ level: 'silent' });
  const documents = await openMongoDocuments(mongo.url);
  const bus = await openKafkaBus({ url: kafka.url, topics, log });
  const blobs = await openFilesystemBlobs(join(folder.path, 'blobs'));
  const stores = await openStores(documents);
  const publish = createPublisher('converter', { bus, blobs });
  const running: ChildProcess[] = [];
  let round = 0;

  async function start(core: number): Promise<void> {
    const port = await freePort();
    const data = join(folder.path, `data-${++round}`);
    await mkdir(data);
    const child = spawn('taskset', ['-c', String(core), process.execPath, CONVERTER], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        VITRINE_PORT: String(port),
        VITRINE_DATA: data,
        VITRINE_BUS: kafka.url,
        VITRINE_DOCUMENTS: mongo.url,
        VITRINE_BLOBS: 'file:',
        VITRINE_CONVERTERS: '1',
        VITRINE_OPERATOR_TOKEN_FILE: join(folder.path, 'token'),
        VITRINE_LOG_LEVEL: 'error',
        VITRINE_MASTER_PLACES: JSON.stringify([{ name: 'masters', folder: dirname(masters[0] ?? '/') }]),
      },
    });
    running.push(child);
    await until(
      'a converter is ready',
      async () => (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200,
      60_000,
    );
  }

  /** Seconds until so many images are converted. */
  async function convert(count: number): Promise<number> {
    const run = ++round;
    const images = Array.from({ length: count }, (_, n) => `bench-${run}-${n}`);
    for (const [n, image] of images.entries()) {
      const master = pathToFileURL(masters[(run * 7 + n) % masters.length] ?? '').href;
      await stores.images.put(
        image,
        { object: image, revision: 0, announced: 0, state: 'wanted', wanted: { objectRevision: 1, master }, superseded: [] },
        0,
      );
      // Equal bytes would be converted once.
      for await (const { id } of stores.derivatives.all()) await stores.derivatives.remove(id);
    }
    const began = performance.now();
    await publish(
      ...images.map((image) => outgoing(conversionRequested, { image, object: image, objectRevision: 1, reason: 'bench' }, {}, image)),
    );
    const ended = async () => (await stores.images.getMany(images)).every((image) => image?.state === 'converted');
    await until(`${count} images are converted`, ended, 300_000);
    return (performance.now() - began) / 1000;
  }

  try {
    await start(0);
    await convert(WARM);
    const one = EACH / (await convert(EACH));
    say(`  one converter: ${one.toFixed(2)}/s`);
    await start(1);
    await convert(2 * WARM);
    const two = (2 * EACH) / (await convert(2 * EACH));
    say(`  two converters: ${two.toFixed(2)}/s`);
    for (const child of running.splice(0)) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    const files = masters.slice(0, 2 * EACH);
    const loop = { out: folder.path, atOnce: 1, threads: 1 };
    const alone = EACH / (await sharpAlone({ ...loop, files: files.slice(0, EACH) }, 1, true));
    const both = (2 * EACH) / (await sharpAlone({ ...loop, files }, 2, true));
    say(`  one process of sharp: ${alone.toFixed(2)}/s, two: ${both.toFixed(2)}/s`);
    return { ours: two / one, sharps: both / alone };
  } finally {
    for (const child of running) child.kill('SIGKILL');
    await Promise.all([bus.close(), documents.close(), blobs.close()]);
    await Promise.all([kafka.stop(), mongo.stop()]);
    await folder.remove();
  }
}
