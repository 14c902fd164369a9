import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { fileObject, isForeignImage, isImage, isLeftBehind } from '../domain/listing/image-files.ts';
import type { Listing, ListingPage } from './listing.ts';

/** Keys asked for at once. */
const KEYS = 500;

/**
 * A bucket of images: `s3://bucket/prefix/`, of which each object with the name of an image is one. It can't say that it is unchanged, so it is listed whole each time.
 *
 * @param store its address with its key and secret, of the settings
 */
export function bucketListing(store: string): Listing {
  let opened: ReturnType<typeof openS3Client> | undefined;

  async function list(bucket: string, prefix: string, after: string, signal: AbortSignal): Promise<ListObjectsV2CommandOutput> {
    opened ??= openS3Client(store, 'VITRINE_HARVEST_CREDENTIALS');
    const { client, bucket: own, prefix: below } = await opened;
    // A key may open more than it was given for.
    if (bucket !== own || !prefix.startsWith(below))
      throw new Problem('source-refused', { detail: `the credential is for s3://${own}/${below}, not for s3://${bucket}/${prefix}` });
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      Prefix: prefix,
      MaxKeys: KEYS,
      ...(after === '' ? {} : { StartAfter: after }),
    });
    try {
      return await client.send(command, { abortSignal: signal });
    } catch (thrown) {
      if (signal.aborted) throw thrown;
      const name = String(Reflect.get(Object(thrown), 'name'));
      const code = /AccessDenied|InvalidAccessKey|SignatureDoesNotMatch/.test(name) ? 'source-refused' : 'source-unreachable';
      throw new Problem(code, { detail: `s3://${bucket}: ${name}`, cause: thrown });
    }
  }

  async function page(at: string, signal: AbortSignal): Promise<ListingPage> {
    const [, address = at, last = ''] = /^(.*)#after=(.*)$/.exec(at) ?? [];
    const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(address) ?? [];
    const { Contents = [], IsTruncated = false } = await list(bucket, prefix, decodeURIComponent(last), signal);
    const files = Contents.flatMap(({ Key, Size = 0, ETag = '', LastModified }) =>
      Key === undefined ? [] : [{ Key, Size, ETag, LastModified }],
    );
    const named = files.filter(({ Key }) => !Key.slice(prefix.length).split('/').some(isLeftBehind));
    const records = named
      .filter(({ Key }) => isImage(Key))
      .map(({ Key, Size, ETag, LastModified }) => {
        const modified = ETag === '' ? (LastModified?.toISOString() ?? '') : ETag;
        const address = `s3://${bucket}/${Key.split('/').map(encodeURIComponent).join('/')}`;
        const object = fileObject({ path: Key, address, bytes: Size, modified });
        return { id: Key, copy: Buffer.from(JSON.stringify(object)) };
      });
    const unusable = named
      .filter(({ Key }) => isForeignImage(Key))
      .map(({ Key }) => ({ place: `${address} ${Key}`, why: `${Key} is of a kind of image that can’t be read here` }));
    const end = files.at(-1)?.Key;
    const next = IsTruncated && end !== undefined ? `${address}#after=${encodeURIComponent(end)}` : undefined;
    return { records, unusable, next, bytes: 0 };
  }

  return {
    begin: async (address, _known, signal) => {
      const begun = await page(address, signal);
      return { first: address, page: begun, seen: { address, sha256: '' }, level: 0 };
    },
    page,
  };
}
