import { createHash } from 'node:crypto';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { BELOW, type ExportTarget, MARK, MARKED } from './export-target.ts';

/** What a web server would say of the files: a bucket says it of each. A page of the stream is no other in an hour, but the newest may be. */
const SERVED = { ContentType: 'application/ld+json', CacheControl: 'public, max-age=60' } as const;

/**
 * A bucket, or what is below a prefix in it.
 *
 * @param store as openS3Client() reads it
 * @throws Problem `configuration-invalid`
 */
export async function bucketTarget(store: string): Promise<ExportTarget> {
  const { bucket, prefix, client } = await openS3Client(store, '--to');
  const sdk = await import('@aws-sdk/client-s3');
  const name = `s3://${bucket}/${prefix}`;
  /** The ETags of what is there, by path. */
  let there = new Map<string, string>();

  async function told<T>(work: Promise<T>): Promise<T> {
    return work.catch((thrown: unknown) => {
      throw new Problem('export-failed', { detail: `${name}: ${String(Reflect.get(Object(thrown), 'name') ?? thrown)}`, cause: thrown });
    });
  }

  async function list(below: string): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (let next: string | undefined; ; ) {
      const page = await told(
        client.send(
          new sdk.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: `${prefix}${below}`,
            ...(next === undefined ? {} : { ContinuationToken: next }),
          }),
        ),
      );
      for (const { Key, ETag = '' } of page.Contents ?? []) if (Key !== undefined) found.set(Key.slice(prefix.length), ETag);
      next = page.NextContinuationToken;
      if (next === undefined) return found;
    }
  }

  const put = (path: string, bytes: Buffer | string, served: Partial<typeof SERVED> = SERVED) =>
    told(client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: `${prefix}${path}`, Body: bytes, ...served })));

  return {
    name,
    claim: async () => {
      const all = await told(client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 })));
      if ((all.Contents ?? []).length > 0 && (await list(MARK)).size === 0)
        throw new Problem('export-failed', { detail: `${name} holds what was not made by an export of manifests` });
      await put(MARK, MARKED, {});
      there = new Map((await Promise.all(BELOW.map((below) => list(`${below}/`)))).flatMap((found) => [...found]));
    },
    // Amazon S3 and gateways give the MD5 of what came in one piece; where they don't, it is written again.
    holds: async (path, bytes) => there.get(path) === `"${createHash('md5').update(bytes).digest('hex')}"`,
    write: async (path, bytes) => void (await put(path, bytes)),
    paths: async () => [...there.keys()],
    remove: async (path) => void (await told(client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: `${prefix}${path}` })))),
  };
}
