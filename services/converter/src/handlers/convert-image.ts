import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { bulkConversionRequested, conversionRequested, DERIVATIVE_DAMAGED } from '@vitrine/contracts/events/conversion-requested.ts';
import { imageVersion } from '@vitrine/contracts/image-version.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { type HandlerContext, type Outcome, on, type Registration } from '@vitrine/platform/events/handler.ts';
import { type Cause, causedBy } from '@vitrine/platform/events/publisher.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { ChildPool } from '../child-pool.ts';
import { describeService } from '../describe-service.ts';
import { fetchMaster } from '../fetch-master.ts';
import { hashBlob } from '../hash-blob.ts';
import { hashFile } from '../hash-file.ts';
import type { ImageDocument, Stores } from '../stores.ts';

const DAY = 24 * 60 * 60 * 1000;
const TILE = 256;
/** Each answer from JPEG 2000 is encoded anew: fewer and larger ones cost less. */
const JP2_TILE = 512;
const SUPERSEDED_KEPT = 50;

export type ConvertDeps = Pick<ServiceDeps, 'blobs' | 'now'> & {
  stores: Stores;
  announce: AnnounceImage;
  outbound: OutboundHttp;
  pool: ChildPool;
  workFolder: string;
  quality: number;
  maxBytes: number;
  maxPixels: number;
};

/** The worker: asks for the master again, and where its bytes are new makes and verifies a derivative. */
export function convertImage(deps: ConvertDeps): readonly Registration[] {
  const { stores, announce, outbound, pool, blobs, now } = deps;

  /** A change of the image, unless it was withdrawn or wanted differently meanwhile. */
  async function conclude(
    image: string,
    read: ImageDocument,
    cause: Cause,
    change: (current: ImageDocument) => ImageDocument,
  ): Promise<boolean> {
    let concluded = false;
    await stores.images.update(image, (current) => {
      concluded = current !== undefined && current.state !== 'withdrawn' && sameWish(current, read);
      return current && concluded ? change(current) : undefined;
    });
    await announce(image, cause);
    return concluded;
  }

  async function describe(
    image: string,
    read: ImageDocument,
    service: { id: string },
    cause: Cause,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const described = await describeService(outbound, service.id, signal);
    await conclude(image, read, cause, (current) => {
      const known =
        current.state === 'described' && current.described?.width === described.width && current.described.height === described.height;
      return known ? current : { ...current, state: 'described', described, revision: current.revision + 1 };
    });
    return { code: 'described' };
  }

  async function putTable(file: string): Promise<BlobRef> {
    const table = await readFile(file);
    return blobs.put(contentKey('converter/tile-tables', sha256(table), '.tiles'), table);
  }

  async function convert(
    image: string,
    read: ImageDocument,
    address: string,
    cause: Cause,
    { signal, replayed }: HandlerContext,
    damaged: boolean,
  ): Promise<Outcome> {
    const known = read.fetched?.address === address ? read.fetched : undefined;
    const settled = !damaged && (read.state === 'converted' || (read.state === 'rejected' && !replayed));
    // Without an ETag a look costs the whole master: at most daily.
    if (settled && known && known.etag === undefined && !replayed && now().getTime() - known.at < DAY) {
      await announce(image, cause);
      return { code: 'looked-at-today' };
    }
    const name = join(deps.workFolder, randomUUID());
    const output = `${name}.tif`;
    const tiles = `${name}.tiles`;
    try {
      const fetched = await fetchMaster(outbound, address, name, {
        etag: settled ? known?.etag : undefined,
        maxBytes: deps.maxBytes,
        signal,
      });
      const mark = fetched && { address, at: now().getTime(), ...fetched };
      if (!mark || (settled && known?.sha256 === mark.sha256)) {
        if (mark) await conclude(image, read, cause, (current) => ({ ...current, fetched: mark }));
        else await announce(image, cause);
        // Still what it was: also still rejected.
        return read.state === 'rejected' && read.rejection ? { ...read.rejection, failed: true } : { code: 'unchanged' };
      }
      const started = now().getTime();
      const result = await pool
        .convert({ input: name, output, tiles, quality: deps.quality, tile: TILE, maxPixels: deps.maxPixels }, signal)
        .catch((thrown: unknown) => {
          throw new RejectedMaster(asProblem(thrown), mark);
        });
      const hash = await hashFile(output);
      const { format } = result;
      const blob = await blobs.put(contentKey('converter/derivatives', hash, format === 'jp2' ? '.jp2' : '.tif'), createReadStream(output));
      const tileTable = format === undefined ? await putTable(tiles) : undefined;
      const details = {
        ...result,
        image,
        address,
        master: { ...result.master, sha256: mark.sha256 },
        derivative: blob,
        milliseconds: now().getTime() - started,
      };
      const text = JSON.stringify(details);
      const report = await blobs.put(contentKey('converter/reports', sha256(text), '.json'), Buffer.from(text));
      const { width, height, levels } = result;
      const version = imageVersion(hash);
      const derivative = {
        blob,
        version,
        width,
        height,
        levels,
        ...(format === undefined ? { tile: { width: TILE, height: TILE } } : { format, tile: { width: JP2_TILE, height: JP2_TILE } }),
        ...(tileTable ? { tiles: tileTable } : {}),
        ...(result.master.pixelsPerCentimetre === undefined ? {} : { pixelsPerCentimetre: result.master.pixelsPerCentimetre }),
        pages: result.master.pages,
        report,
        master: { sha256: mark.sha256, format: result.master.format },
      };
      const concluded = await conclude(image, read, cause, (current) => {
        const { rejection: _, ...rest } = current;
        return {
          ...rest,
          state: 'converted',
          fetched: mark,
          derivative,
          superseded: supersededBy(current, version),
          revision: current.revision + 1,
        };
      });
      return concluded ? { code: 'converted', detail: `${width} × ${height}` } : { code: 'no-longer-wanted' };
    } finally {
      await Promise.all([name, output, tiles].map((file) => rm(file, { force: true })));
    }
  }

  /** A master that can't be used: the manifest goes on without it, unless an earlier version of the image can still be shown. */
  async function reject(image: string, read: ImageDocument, cause: Cause, thrown: unknown): Promise<never> {
    const problem = thrown instanceof RejectedMaster ? thrown.problem : asProblem(thrown);
    if (problem.fault !== 'permanent') throw problem;
    const rejection = { code: problem.code, detail: problem.detail ?? problem.message };
    const mark = thrown instanceof RejectedMaster ? { fetched: thrown.fetched } : {};
    await conclude(image, read, cause, (current) => {
      if (current.state === 'converted' || current.state === 'described') return { ...current, rejection };
      return {
        ...current,
        ...mark,
        state: 'rejected',
        rejection,
        revision: current.revision + (sameRejection(current, rejection) ? 0 : 1),
      };
    });
    throw problem;
  }

  /** Whether a derivative is not what it was when it was made; what is damaged is taken away, so that it can be put anew. */
  async function isDamaged({ derivative }: ImageDocument): Promise<boolean> {
    if (!derivative) return false;
    let damaged = false;
    for (const { key, sha256: expected } of [derivative.blob, ...(derivative.tiles ? [derivative.tiles] : [])]) {
      if ((await hashBlob(blobs, key)) === expected) continue;
      damaged = true;
      await blobs.delete(key);
    }
    return damaged;
  }

  async function handle(
    { image, objectRevision, reason }: { image: string; objectRevision: number; reason: string },
    cause: Cause,
    context: HandlerContext,
  ): Promise<Outcome> {
    const { signal, replayed } = context;
    const read = await stores.images.get(image);
    if (!read || read.state === 'withdrawn') return { code: 'no-longer-wanted' };
    const suspected = reason === DERIVATIVE_DAMAGED;
    // A newer revision of the object has asked by an event of its own.
    if (read.wanted.objectRevision > objectRevision && !replayed && !suspected) return { code: 'superseded' };
    const damaged = suspected && (await isDamaged(read));
    if (suspected && !damaged) {
      await announce(image, cause, true);
      return { code: 'derivative-sound' };
    }
    const { master, service } = read.wanted;
    try {
      if (service) return await describe(image, read, service, cause, signal);
      if (master !== undefined) return await convert(image, read, master, cause, context, damaged);
      throw new Problem('master-missing', { detail: 'the record names neither a file nor an image service' });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      return reject(image, read, cause, thrown);
    }
  }

  return [
    on(conversionRequested, (event, context) => handle(event.data, causedBy(event), context)),
    on(bulkConversionRequested, (event, context) => handle(event.data, causedBy(event), context)),
  ];
}

/** A fault of the bytes that were fetched: they are remembered with it, so that equal bytes are not tried again. */
class RejectedMaster extends Error {
  readonly problem: Problem;
  readonly fetched: NonNullable<ImageDocument['fetched']>;
  constructor(problem: Problem, fetched: NonNullable<ImageDocument['fetched']>) {
    super(problem.message, { cause: problem });
    this.problem = problem;
    this.fetched = fetched;
  }
}

function sameWish(a: ImageDocument, b: ImageDocument): boolean {
  return a.wanted.master === b.wanted.master && a.wanted.service?.id === b.wanted.service?.id;
}

function sameRejection({ state, rejection }: ImageDocument, { code, detail }: { code: string; detail: string }): boolean {
  return state === 'rejected' && rejection?.code === code && rejection.detail === detail;
}

function supersededBy({ derivative, superseded }: ImageDocument, version: string): string[] {
  const former = derivative ? [derivative.version, ...superseded] : superseded;
  return [...new Set(former)].filter((known) => known !== version).slice(0, SUPERSEDED_KEPT);
}
