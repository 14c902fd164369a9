// Blobs at scale: S3 and what speaks its protocol. Atomic: an object appears when its upload is complete; `If-None-Match: *` keeps what is there.
// Lost: nothing acknowledged, as far as the store keeps its word. A killed upload leaves parts that no list shows: the bucket's lifecycle rule
// for incomplete uploads removes them.

import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { Problem } from '../problem.ts';
import { withDeadline } from '../with-deadline.ts';
import { demandBlobKey } from './blob-key.ts';
import type { Blobs, ByteRange } from './port.ts';
import { openS3Client } from './s3-client.ts';

const CHECK = 3000;
const PART = 8 * 1024 * 1024;
const PARTS_AT_ONCE = 2;
/** No key of a blob begins like this. */
const PROBE = '.vitrine-probe';

/**
 * @param url as openS3Client() reads it
 * @throws Problem `engine-unfit`, `engine-refused`, `port-unavailable`, `configuration-invalid`
 */
export async function openS3Blobs(url: string): Promise<Blobs> {
  const { bucket, prefix, client } = await openS3Client(url, 'VITRINE_BLOBS');
  const sdk = await import('@aws-sdk/client-s3');
  const { Upload } = await import('@aws-sdk/lib-storage');
  const at = (key: string) => ({ Bucket: bucket, Key: prefix + demandBlobKey(key) });

  async function put(key: string, body: AsyncIterable<Uint8Array> | Uint8Array) {
    const target = at(key);
    const hash = createHash('sha256');
    let bytes = 0;
    async function* counted() {
      for await (const chunk of body instanceof Uint8Array ? [body] : body) {
        hash.update(chunk);
        bytes += chunk.length;
        yield chunk;
      }
    }
    const write = async () => {
      if (body instanceof Uint8Array) {
        hash.update(body);
        bytes = body.length;
        await client.send(new sdk.PutObjectCommand({ ...target, Body: body, IfNoneMatch: '*' }));
      } else {
        const Body = Readable.from(counted(), { objectMode: false });
        await new Upload({ client, params: { ...target, Body, IfNoneMatch: '*' }, partSize: PART, queueSize: PARTS_AT_ONCE }).done();
      }
    };
    // What was there already under its content address: the same bytes, unless somebody made a mistake.
    let there = false;
    try {
      await write();
    } catch (thrown) {
      if (!isTaken(thrown)) throw s3Problem(thrown, key);
      there = true;
    }
    const sha256 = hash.digest('hex');
    if (there && (await hashOf(key)) !== sha256) throw new Problem('blob-exists', { detail: key });
    return { key, bytes, sha256 };
  }

  async function hashOf(key: string): Promise<string> {
    const hash = createHash('sha256');
    for await (const chunk of stream(key)) hash.update(chunk);
    return hash.digest('hex');
  }

  async function get(key: string, range?: ByteRange): Promise<GetObjectCommandOutput> {
    return client.send(new sdk.GetObjectCommand({ ...at(key), ...(range ? { Range: `bytes=${range.from}-${range.to - 1}` } : {}) }));
  }

  async function read(key: string, range?: ByteRange): Promise<Buffer> {
    if (range && range.to <= range.from) return Buffer.alloc(0);
    try {
      const { Body } = await get(key, range);
      return Body ? Buffer.from(await Body.transformToByteArray()) : Buffer.alloc(0);
    } catch (thrown) {
      // RFC 9110, 15.5.17: the range begins past the end.
      if (statusOf(thrown) === 416) return Buffer.alloc(0);
      throw s3Problem(thrown, key);
    }
  }

  async function* stream(key: string): AsyncGenerator<Uint8Array> {
    try {
      const { Body } = await get(key);
      if (Body instanceof Readable) yield* Body;
    } catch (thrown) {
      throw s3Problem(thrown, key);
    }
  }

  async function* list(wanted: string): AsyncGenerator<string> {
    try {
      const pages = sdk.paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix + wanted });
      for await (const { Contents = [] } of pages)
        for (const { Key } of Contents) if (Key !== undefined && Key !== prefix + PROBE) yield Key.slice(prefix.length);
    } catch (thrown) {
      throw s3Problem(thrown, wanted);
    }
  }

  async function demandBucket(): Promise<void> {
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket: bucket }));
    } catch (thrown) {
      if (statusOf(thrown) !== 404) throw s3Problem(thrown, bucket);
      await client.send(new sdk.CreateBucketCommand({ Bucket: bucket })).catch((cause: unknown) => {
        if (nameOf(cause) !== 'BucketAlreadyOwnedByYou') throw s3Problem(cause, bucket);
      });
    }
  }

  /** A store that ignores the condition would let other bytes take the place of a blob. */
  async function demandConditions(): Promise<void> {
    const probe = { Bucket: bucket, Key: `${prefix}${PROBE}`, Body: 'x', IfNoneMatch: '*' };
    for (let tries = 0; tries < 2; tries++) {
      try {
        await client.send(new sdk.PutObjectCommand(probe));
      } catch (thrown) {
        if (isTaken(thrown)) return;
        throw s3Problem(thrown, bucket);
      }
    }
    throw new Problem('engine-unfit', { detail: 'the blob store does not honour If-None-Match on a put' });
  }

  try {
    await demandBucket();
    await demandConditions();
  } catch (thrown) {
    client.destroy();
    throw thrown;
  }

  return {
    put,
    read,
    reader: async (key) => ({ read: (range) => read(key, range), readNow: () => undefined, close: () => {} }),
    stream,
    stat: async (key) => {
      try {
        const { ContentLength = 0, LastModified = new Date(0) } = await client.send(new sdk.HeadObjectCommand(at(key)));
        return { bytes: ContentLength, modified: LastModified };
      } catch (thrown) {
        if (statusOf(thrown) === 404) return undefined;
        throw s3Problem(thrown, key);
      }
    },
    list,
    delete: async (key) => {
      await client.send(new sdk.DeleteObjectCommand(at(key))).catch((thrown: unknown) => {
        if (statusOf(thrown) !== 404) throw s3Problem(thrown, key);
      });
    },
    check: async () => {
      await withDeadline('s3', CHECK, () => client.send(new sdk.HeadBucketCommand({ Bucket: bucket }))).catch((thrown: unknown) => {
        throw s3Problem(thrown, bucket);
      });
    },
    close: async () => client.destroy(),
  };
}

function statusOf(thrown: unknown): number | undefined {
  const metadata: unknown = thrown instanceof Error ? Reflect.get(thrown, '$metadata') : undefined;
  const status: unknown = typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
  return typeof status === 'number' ? status : undefined;
}

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');

/** 412; a 409 says only that another write of the key is under way, and is tried again. */
const isTaken = (thrown: unknown): boolean => statusOf(thrown) === 412;

function s3Problem(thrown: unknown, key: string): Problem {
  if (thrown instanceof Problem) return thrown;
  const status = statusOf(thrown);
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  if (nameOf(thrown) === 'NoSuchKey' || (status === 404 && nameOf(thrown) === 'NotFound'))
    return new Problem('blob-missing', { detail: key, cause: thrown });
  if (status === 403 || status === 401) return new Problem('engine-refused', { detail: `s3: ${message}`, cause: thrown });
  if (status === 501) return new Problem('engine-unfit', { detail: `s3: ${message}`, cause: thrown });
  return new Problem('port-unavailable', { detail: `s3: ${message}`, cause: thrown });
}
