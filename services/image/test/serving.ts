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
import { jp2Levels, readJp2Header } from '@vitrine/pyramid/jpeg2000/jp2-header.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { restartPyramid } from '@vitrine/pyramid/restart-pyramid.ts';
import { makeTileTable } from '@vitrine/pyramid/tile-table.ts';
import { pino } from 'pino';
import sharp, { type Sharp } from 'sharp';
import { image } from '../src/definition.ts';
import { extendTile } from '../src/extend-tile.ts';

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

/** A derivative with the tile table that the converter made of it. */
export type TabledPyramid = { readonly pyramid: Buffer; readonly table: Buffer };

export const VERSION = '0123456789';

/** The image service alone, in this process and on a port of its own, with derivatives of which it has just heard. */
export async function serving(
  derivatives: Readonly<Record<string, Buffer | TabledPyramid | { readonly jp2: Buffer }>>,
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
  for (const [id, given] of Object.entries(derivatives)) {
    const data = {
      ...(await ('jp2' in given
        ? storeJp2(blobs, id, given.jp2)
        : storePyramid(blobs, id, Buffer.isBuffer(given) ? { pyramid: given } : given))),
      image: id,
      object: 'object',
      revision: 1,
      version: VERSION,
      superseded: [],
      page: 1,
      pages: 1,
      master: { sha256: '0'.repeat(64), format: 'jpeg' },
      report: { key: 'converter/reports/none.json', sha256: '0'.repeat(64), bytes: 1 },
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

const keyOf = (id: string) => `converter/derivatives/${id}.tif`;

async function storePyramid(blobs: Blobs, id: string, { pyramid, table }: { pyramid: Buffer; table?: Buffer }) {
  const derivative = await blobs.put(keyOf(id), pyramid);
  const tiles = table && (await blobs.put(`converter/tile-tables/${id}.tiles`, table));
  const { levels } = await readPyramid(async (from, to) => pyramid.subarray(Math.min(from, pyramid.length), to));
  const [{ width, height, tileWidth, tileHeight }] = levels;
  return {
    derivative,
    width,
    height,
    tile: { width: tileWidth, height: tileHeight },
    levels: levels.map((level) => ({ width: level.width, height: level.height })),
    ...(tiles ? { tiles } : {}),
  };
}

async function storeJp2(blobs: Blobs, id: string, file: Buffer) {
  const derivative = await blobs.put(keyOf(id), file);
  const header = readJp2Header(file);
  if (!header) throw new Error('no JPEG 2000');
  const levels = jp2Levels(header);
  const [{ width, height }] = levels;
  return { derivative, format: 'jp2' as const, width, height, tile: { width: 512, height: 512 }, levels };
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

/** A pyramid as the converter makes it: its tiles restart at each row of units, and its table says so. */
export async function restartingPyramid(picture: Sharp): Promise<TabledPyramid> {
  const plain = await pyramidOf(picture);
  const readerOf = (bytes: Buffer) => async (from: number, to: number) => bytes.subarray(Math.min(from, bytes.length), to);
  const parts: { bytes: Buffer; at: number }[] = [];
  const units = await restartPyramid(readerOf(plain), async (bytes, at) => void parts.push({ bytes, at }));
  if (!units) throw new Error('its tiles can’t restart');
  const pyramid = Buffer.alloc(Math.max(...parts.map(({ bytes, at }) => at + bytes.length)));
  for (const { bytes, at } of parts) bytes.copy(pyramid, at);
  const read = await readPyramid(readerOf(pyramid));
  const [unit] = units;
  const [full, ...smaller] = read.levels.map((level) => ({ ...level, ...(unit ? { restarts: unit } : {}) }));
  if (!full) throw new Error('no level');
  const table = await makeTileTable(
    { ...read, levels: [full, ...smaller] },
    {
      read: async ({ offsets, counts }, tile) => pyramid.subarray(offsets[tile] ?? 0, (offsets[tile] ?? 0) + (counts[tile] ?? 0)),
      extend: extendTile,
    },
  );
  return { pyramid, table };
}
