import { join } from 'node:path';
import { conversionRequested } from '@vitrine/contracts/events/conversion-requested.ts';
import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Bus } from '@vitrine/platform/bus/port.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { createPublisher, outgoing } from '@vitrine/platform/events/publisher.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { platformConfig } from '@vitrine/platform/platform-config.ts';
import { openProcess } from '@vitrine/platform/process/open-process.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { pino } from 'pino';
import sharp, { type Sharp } from 'sharp';
import { image } from '../src/definition.ts';

// The service reads nothing but TIFF; tests read what it makes.
sharp.unblock({ operation: ['VipsForeignLoad'] });

export type Serving = {
  readonly base: string;
  readonly blobs: Blobs;
  /** Where the derivative of an image lies. */
  readonly fileOf: (id: string) => string;
  /** What the service asked the converter for. */
  readonly asked: readonly string[];
  readonly withdraw: (id: string) => Promise<void>;
  get(path: string, headers?: Record<string, string>, method?: string): Promise<{ status: number; headers: Headers; bytes: Buffer }>;
};

export const VERSION = '0123456789';

/** The image service alone, in this process and on a port of its own, with derivatives of which it has just heard. */
export async function serving(
  derivatives: Readonly<Record<string, Buffer>>,
  run: (serving: Serving) => Promise<void>,
  settings: Record<string, string> = {},
  facts: { rights?: string; pixelsPerCentimetre?: number } = {},
): Promise<void> {
  const folder = await temporaryFolder();
  const root = join(folder.path, 'shared');
  const blobs = await openFilesystemBlobs(root);
  const port = await freePort();
  const opening: { bus?: Bus } = {};
  const opened = await openProcess({
    config: readConfig(platformConfig, { VITRINE_PORT: String(port), VITRINE_PUBLIC_URL: `http://localhost:${port}` }),
    makers: [{ name: 'image', create: (deps) => image.create(deps, readConfig(image.config, settings)) }],
    folder: folder.path,
    log: pino({ level: 'silent' }),
    operatorToken: 'test',
    ports: (openers) => ({
      ...openers,
      blobs: async () => blobs,
      bus: async () => {
        opening.bus = await openers.bus();
        return opening.bus;
      },
    }),
  });
  const { bus } = opening;
  if (!bus) throw new Error('the process opened no bus');
  const publish = createPublisher('converter', { bus, blobs });
  const asked: string[] = [];
  await bus.subscribe({
    group: 'test',
    topics: [conversionRequested.topic],
    concurrency: 1,
    redeliverAfter: 100,
    deliver: async ({ key, value }) => void asked.push(`${key} ${JSON.parse(value).reason}`),
  });
  const get: Serving['get'] = async (path, headers = {}, method = 'GET') => {
    const reply = await fetch(path.startsWith('http') ? path : `http://localhost:${port}${path}`, { headers, method, redirect: 'manual' });
    return { status: reply.status, headers: reply.headers, bytes: Buffer.from(await reply.arrayBuffer()) };
  };
  const blob = (key: string) => ({ key, sha256: '0'.repeat(64), bytes: 1 });
  const keyOf = (id: string) => `converter/derivatives/${id}.tif`;
  for (const [id, bytes] of Object.entries(derivatives)) {
    await blobs.put(keyOf(id), bytes);
    const { levels } = await readPyramid(async (from, to) => bytes.subarray(Math.min(from, bytes.length), to));
    const [{ width, height, tileWidth, tileHeight }] = levels;
    const data = {
      image: id,
      object: 'object',
      revision: 1,
      derivative: blob(keyOf(id)),
      version: VERSION,
      superseded: [],
      width,
      height,
      tile: { width: tileWidth, height: tileHeight },
      levels: levels.map((level) => ({ width: level.width, height: level.height })),
      page: 1,
      pages: 1,
      master: { sha256: '0'.repeat(64), format: 'jpeg' },
      report: blob('converter/reports/none.json'),
      ...facts,
    };
    await publish(outgoing(imageConverted, data, {}));
  }
  try {
    for (const id of Object.keys(derivatives))
      await until(`${id} is known`, async () => (await get(`/iiif/image/3/${id}/info.json`)).status === 200);
    await run({
      base: `http://localhost:${port}`,
      blobs,
      fileOf: (id) => join(root, keyOf(id)),
      asked,
      withdraw: (id) => publish(outgoing(imageWithdrawn, { image: id, object: 'object', revision: 2 }, {})),
      get,
    });
  } finally {
    await opened.close();
    await blobs.close();
    await folder.remove();
  }
}

/** A smooth picture, of which JPEG and resampling change little; each pixel has another colour than those far from it. */
export function smoothPicture(width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 3;
      data[at] = Math.round((x / width) * 255);
      data[at + 1] = Math.round((y / height) * 255);
      data[at + 2] = Math.round(128 + 100 * Math.sin(x / 90) * Math.cos(y / 70));
    }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

export const pyramidOf = (picture: Sharp, options: { quality?: number; bigtiff?: boolean; tile?: number } = {}): Promise<Buffer> => {
  const { quality = 85, bigtiff = false, tile = 256 } = options;
  return picture.tiff({ tile: true, tileWidth: tile, tileHeight: tile, pyramid: true, compression: 'jpeg', quality, bigtiff }).toBuffer();
};
