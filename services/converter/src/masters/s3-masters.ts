import type { S3Client } from '@aws-sdk/client-s3';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import type { BucketPlace } from './master-places.ts';
import type { OpenedMaster, Resume } from './opened-master.ts';

type Wanted = {
  readonly etag: string | undefined;
  readonly resume: Resume | undefined;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
};

export type S3Masters = {
  /**
   * @param address `s3://bucket/key`, its key percent-encoded
   * @throws Problem `master-missing`, `master-too-large`, `outbound-refused`, `source-unreachable`, `source-refused`
   */
  open(address: URL, buckets: readonly BucketPlace[], wanted: Wanted): Promise<OpenedMaster>;
};

/** Masters in buckets that the settings name, each by its own credentials. */
export function s3Masters(): S3Masters {
  const clients = new Map<string, Promise<S3Client>>();

  function clientOf({ name, store }: BucketPlace): Promise<S3Client> {
    const known = clients.get(name);
    if (known) return known;
    const made = openS3Client(store, `VITRINE_MASTER_PLACES (${name})`).then(({ client }) => client);
    clients.set(name, made);
    return made;
  }

  return {
    open: async (address, buckets, { etag, resume, maxBytes, signal }) => {
      const place = buckets.find(({ bucket }) => bucket === address.host);
      if (!place) throw new Problem('outbound-refused', { detail: `s3://${address.host} is no bucket of VITRINE_MASTER_PLACES` });
      const client = await clientOf(place);
      const { GetObjectCommand } = await import('@aws-sdk/client-s3');
      const command = new GetObjectCommand({
        Bucket: place.bucket,
        Key: keyOf(address),
        ...(etag === undefined ? {} : { IfNoneMatch: etag }),
        ...(resume ? { Range: `bytes=${resume.from}-`, IfMatch: resume.etag } : {}),
      });
      const answer = await client.send(command, { abortSignal: signal }).catch((thrown: unknown) => {
        if (signal.aborted) throw thrown;
        return ended(thrown, address.href, place.name);
      });
      if (answer === 'unchanged') return { status: 'unchanged' };
      const { Body, ContentLength = 0, ETag } = answer;
      const from = resume?.from ?? 0;
      if (from + ContentLength > maxBytes)
        throw new Problem('master-too-large', {
          detail: `${address.href}: ${from + ContentLength} bytes, VITRINE_MASTER_MAX_BYTES is ${maxBytes}`,
        });
      if (!Body) throw new Problem('source-unreachable', { detail: `${address.href} has no body` });
      return {
        status: 'found',
        from,
        length: ContentLength,
        body: readable(Body.transformToWebStream(), address.href),
        ...(ETag === undefined ? {} : { etag: ETag }),
      };
    },
  };
}

/** The key of `s3://bucket/key`. */
function keyOf(address: URL): string {
  try {
    return decodeURIComponent(address.pathname.slice(1));
  } catch {
    throw new Problem('outbound-refused', { detail: `${address.href}: a key that can’t be decoded` });
  }
}

async function* readable(body: ReadableStream<Uint8Array>, address: string): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (cause) {
    throw new Problem('source-unreachable', { detail: `${address} broke off`, cause });
  }
}

function ended(thrown: unknown, address: string, place: string): 'unchanged' {
  const status: unknown = Reflect.get(Object(Reflect.get(Object(thrown), '$metadata')), 'httpStatusCode');
  if (status === 304) return 'unchanged';
  const detail = `${address} (${place}): ${asProblem(thrown).detail ?? 'no answer'}`;
  if (status === 404) throw new Problem('master-missing', { detail, cause: thrown });
  if (status === 401 || status === 403) throw new Problem('source-refused', { detail, cause: thrown });
  throw new Problem('source-unreachable', { detail, cause: thrown });
}
