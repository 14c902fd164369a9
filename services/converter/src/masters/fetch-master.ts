import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { openMasterFile } from './master-file.ts';
import { type MasterPlaces, placesOf } from './master-places.ts';
import type { OpenedMaster, Resume } from './opened-master.ts';
import type { S3Masters } from './s3-masters.ts';

export type FetchedMaster = { readonly sha256: string; readonly etag?: string };

export type MasterSources = { readonly outbound: OutboundHttp; readonly places: MasterPlaces; readonly s3: S3Masters };

type Wanted = {
  /** Whose record names the master. */
  readonly source: string | undefined;
  readonly etag: string | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Told the bytes that are there. */
  readonly received?: (bytes: number) => void;
  /** Milliseconds over which a transfer must be quick enough; for tests. */
  readonly patience?: number;
};

const ACCEPT = 'image/tiff, image/jpeg;q=0.9, image/png;q=0.9, image/*;q=0.5, application/pdf;q=0.5';
/** How often a transfer that was cut goes on where it was. */
const RESUMED = 5;
/** Fewer bytes a second than this over so many milliseconds are no transfer: a host must not hold a lane by a byte a second. */
const SLOWEST = 10_000;
const PATIENCE = 30_000;
const SECOND = 1000;

/**
 * A master into a file, hashed on its way; undefined when its place says that it is unchanged. A transfer that is cut goes on from where it was, if the
 * place names the version by a strong validator.
 *
 * @throws Problem `master-missing`, `master-too-large`, `port-unavailable`, `outbound-refused`, `source-unreachable`, `source-refused`
 */
export async function fetchMaster(
  sources: MasterSources,
  address: string,
  file: string,
  { source, etag, maxBytes, signal, received, patience = PATIENCE }: Wanted,
): Promise<FetchedMaster | undefined> {
  const target = await open(file, 'w');
  try {
    let hash = createHash('sha256');
    let done = 0;
    let resume: Resume | undefined;
    for (let cut = 0; ; cut++) {
      const opened = await openMaster(sources, address, { source, etag, resume, maxBytes, signal });
      if (opened.status === 'unchanged') return undefined;
      // What is sent from its beginning again may be another version.
      if (opened.from === 0 && done > 0) {
        hash = createHash('sha256');
        done = 0;
        await target.truncate(0);
      }
      const written = await receive(opened, target, hash, { from: done, maxBytes, address, signal, received, patience });
      done = written.to;
      const version = opened.etag;
      if (!written.cut) return { sha256: hash.digest('hex'), ...(version === undefined ? {} : { etag: version }) };
      if (cut >= RESUMED || version === undefined || version.startsWith('W/')) throw written.cut;
      resume = done > 0 ? { from: done, etag: version } : undefined;
    }
  } finally {
    await target.close();
  }
}

type OpenWanted = Wanted & { readonly resume: Resume | undefined };

async function openMaster({ outbound, places: all, s3 }: MasterSources, address: string, wanted: OpenWanted): Promise<OpenedMaster> {
  const places = placesOf(all, wanted.source);
  const url = URL.parse(address);
  if (url?.protocol === 'file:') return openMasterFile(url, places.folders, wanted.etag);
  if (url?.protocol === 's3:') return s3.open(url, places.buckets, wanted);
  const headers = places.origins.find(({ origin }) => origin === url?.origin)?.headers;
  const answer = await outbound
    .get(address, { accept: ACCEPT, headers, ...wanted, etag: wanted.resume ? undefined : wanted.etag })
    .catch(tooLarge);
  if (answer.status === 'unchanged' || answer.status === 'found') return answer;
  throw new Problem('master-missing', { detail: address });
}

type Receiving = {
  readonly from: number;
  readonly maxBytes: number;
  readonly address: string;
  readonly signal: AbortSignal;
  readonly received: Wanted['received'];
  readonly patience: number;
};

/** Writes and hashes what comes, up to its end or to where it is cut. */
async function receive(
  { body }: Extract<OpenedMaster, { status: 'found' }>,
  target: FileHandle,
  hash: Hash,
  { from, maxBytes, address, signal, received, patience }: Receiving,
): Promise<{ to: number; cut?: Problem }> {
  let [to, markedAt, marked] = [from, Date.now(), from];
  let tooSlow = false;
  const iterator = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const { done, value } = await iterator.next();
      if (done) return { to };
      if (to + value.length > maxBytes) throw new Problem('master-too-large', { detail: limit(address, maxBytes) });
      await write(target, value, to).catch((cause: unknown) => {
        throw new Problem('port-unavailable', { detail: 'the disk can’t be written', cause });
      });
      hash.update(value);
      to += value.length;
      received?.(to);
      if (Date.now() - markedAt < patience) continue;
      tooSlow = to - marked < (SLOWEST * patience) / SECOND;
      if (tooSlow) throw new Problem('source-unreachable', { detail: `${address} sends less than ten kilobytes a second` });
      [markedAt, marked] = [Date.now(), to];
    }
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const problem = asProblem(thrown);
    // A share that fails while it is read is the source's fault.
    if (problem.code === 'unexpected')
      throw new Problem('source-unreachable', { detail: `${address}: ${problem.detail ?? ''}`, cause: thrown });
    if (problem.code === 'source-too-large') return tooLarge(problem);
    if (problem.code !== 'source-unreachable' || to === from || tooSlow) throw thrown;
    return { to, cut: problem };
  } finally {
    await iterator.return?.();
  }
}

async function write(target: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  // A disk that fills up takes a part, and says so at the next.
  for (let done = 0; done < bytes.length; ) done += (await target.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
}

const limit = (address: string, maxBytes: number) => `${address}: VITRINE_MASTER_MAX_BYTES is ${maxBytes}`;

function tooLarge(thrown: unknown): never {
  if (thrown instanceof Problem && thrown.code === 'source-too-large')
    throw new Problem('master-too-large', { detail: `${thrown.detail ?? ''} (VITRINE_MASTER_MAX_BYTES)`, cause: thrown });
  throw thrown;
}
