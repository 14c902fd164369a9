import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageVersion } from '@vitrine/contracts/image-version.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { ConversionResult, ConversionSettings } from './child/conversion-task.ts';
import type { ChildPool } from './child-pool.ts';
import { hashFile } from './hash-file.ts';
import type { Derivative, Stores } from './stores.ts';

/** Raised when the same master by the same settings would come out otherwise than before. */
const CONVERTER = 2;
/** Milliseconds for which somebody who makes a derivative is believed to live, and between two looks of others who want it. */
const BELIEVED = 20_000;
const ASK_AGAIN = 250;

export type DeriveDeps = {
  stores: Stores;
  blobs: Blobs;
  pool: ChildPool;
  now: () => Date;
  workFolder: string;
  settings: ConversionSettings;
  maxPixels: number;
  /** The name of this replica: what it was at when it died, it may begin again at once. */
  instance: string;
};

type Master = { readonly file: string; readonly sha256: string; readonly page: number };

/**
 * The derivative of a page of a master. The same bytes by the same settings are converted once, whatever they are called and whoever has them: what is
 * there is shared.
 */
export type DeriveImage = (master: Master, signal: AbortSignal) => Promise<Derivative>;

export function deriveImage({ stores, blobs, pool, now, workFolder, settings, maxPixels, instance }: DeriveDeps): DeriveImage {
  const replica = `${instance} `;
  const life = `${replica}${randomUUID()} `;
  const way = sha256(JSON.stringify([CONVERTER, settings])).slice(0, 12);

  async function put(
    result: ConversionResult,
    output: string,
    tiles: string,
    { sha256: master, page }: Master,
    seconds: number,
  ): Promise<Derivative> {
    const hash = await hashFile(output);
    const { width, height, levels, tile, format, thumbnails, ...told } = result;
    const blob = await blobs.put(contentKey('converter/derivatives', hash, format === 'jp2' ? '.jp2' : '.tif'), createReadStream(output));
    if (blob.sha256 !== hash) throw new Problem('derivative-unverified', { detail: 'what was stored is not what was read back' });
    const small = [];
    for (const { file, ...size } of thumbnails) {
      const bytes = await readFile(file);
      small.push({ ...size, blob: await blobs.put(contentKey('converter/thumbnails', sha256(bytes), '.jpg'), bytes) });
    }
    const report = JSON.stringify({
      ...told,
      master: { ...told.master, sha256: master, page },
      derivative: { ...blob, format: format ?? 'tiff', width, height, tile, levels },
      thumbnails: small.map(({ width: w, height: h, blob: { bytes } }) => ({ width: w, height: h, bytes })),
      settings,
      seconds,
      madeAt: now().toISOString(),
    });
    const table = format === undefined ? await readFile(tiles) : undefined;
    const { pixelsPerCentimetre, pages, format: masterFormat } = told.master;
    return {
      blob,
      ...(format === undefined ? {} : { format }),
      version: imageVersion(hash),
      width,
      height,
      tile,
      levels,
      ...(table ? { tiles: await blobs.put(contentKey('converter/tile-tables', sha256(table), '.tiles'), table) } : {}),
      ...(small.length > 0 ? { thumbnails: small } : {}),
      ...(pixelsPerCentimetre === undefined ? {} : { pixelsPerCentimetre }),
      pages,
      report: await blobs.put(contentKey('converter/reports', sha256(report), '.json'), Buffer.from(report)),
      master: { sha256: master, format: masterFormat },
    };
  }

  async function make(master: Master, signal: AbortSignal): Promise<Derivative> {
    const output = join(workFolder, `${randomUUID()}.tif`);
    const tiles = `${output}.tiles`;
    let thumbnails: readonly { file: string }[] = [];
    try {
      const started = now().getTime();
      const result = await pool.convert({ input: master.file, output, tiles, page: master.page, settings, maxPixels }, signal);
      thumbnails = result.thumbnails;
      return await put(result, output, tiles, master, (now().getTime() - started) / 1000);
    } finally {
      // A child that was killed may have left some of these.
      const left = [output, tiles, ...settings.thumbnails.map((side) => `${output}.${side}.jpg`)];
      await Promise.all([...left, ...thumbnails.map(({ file }) => file)].map((file) => rm(file, { force: true })));
    }
  }

  const isOfFormerLife = (holder: string) => holder.startsWith(replica) && !holder.startsWith(life);

  /** What is there; or that it is ours to make, as nobody else is at it. */
  async function take(id: string, holder: string): Promise<Derivative | 'mine' | 'being made'> {
    const time = now().getTime();
    const known = (await stores.derivatives.get(id))?.derivative;
    if (known) {
      // First it is wanted again, then it is looked for: the sweep does it the other way round.
      for (const key of blobsOf(known)) await stores.unused.remove(key);
      if (await areThere(blobs, known)) return known;
    }
    const after = await stores.derivatives.update(id, (current) => {
      const { making, derivative } = current ?? {};
      // Somebody has ended it since.
      if (derivative && derivative.report.key !== known?.report.key) return undefined;
      return making && making.until > time && !isOfFormerLife(making.holder) ? undefined : { making: { holder, until: time + BELIEVED } };
    });
    return after?.making?.holder === holder ? 'mine' : 'being made';
  }

  return async (master, signal) => {
    const id = `${master.sha256}.${master.page}.${way}`;
    const holder = `${life}${randomUUID()}`;
    for (;;) {
      const taken = await take(id, holder);
      if (typeof taken !== 'string') return taken;
      if (taken === 'mine') break;
      await sleep(ASK_AGAIN, signal);
      signal.throwIfAborted();
    }
    const renewing = setInterval(() => {
      const until = now().getTime() + BELIEVED;
      stores.derivatives
        .update(id, (current) => (current?.making?.holder === holder ? { making: { holder, until } } : undefined))
        .catch(() => {});
    }, BELIEVED / 3);
    try {
      const derivative = await make(master, signal);
      // The same bytes may have lain there, about to be swept.
      for (const key of blobsOf(derivative)) await stores.unused.remove(key);
      if (!(await areThere(blobs, derivative)))
        throw new Problem('port-unavailable', { detail: 'a derivative was swept while it was made' });
      await stores.derivatives.update(id, () => ({ derivative }));
      return derivative;
    } catch (thrown) {
      await stores.derivatives.update(id, (current) => (current?.making?.holder === holder ? {} : undefined)).catch(() => {});
      throw thrown;
    } finally {
      clearInterval(renewing);
    }
  };
}

/** The blobs of a derivative. */
export function blobsOf({ blob, tiles, thumbnails = [], report }: Derivative): string[] {
  return [blob.key, ...(tiles ? [tiles.key] : []), ...thumbnails.map((small) => small.blob.key), report.key];
}

async function areThere(blobs: Blobs, derivative: Derivative): Promise<boolean> {
  for (const key of blobsOf(derivative)) if (!(await blobs.stat(key))) return false;
  return true;
}
