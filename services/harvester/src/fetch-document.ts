import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { readBody } from '@vitrine/platform/outbound/read-body.ts';

/** What tells a version of a document from others (RFC 9110, 8.8). */
export type Validators = { readonly etag?: string | undefined; readonly lastModified?: string | undefined };

export type FoundDocument = {
  readonly status: 'found';
  readonly body: Buffer;
  /** Where it was found in the end. */
  readonly address: string;
  readonly etag?: string;
  readonly lastModified?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly allowOrigin?: string;
  readonly link?: string;
};

type Fetched = { readonly status: 'unchanged' | 'missing' | 'gone' } | FoundDocument;

export type FetchDocument = (address: string, accept: string, known: Validators, signal: AbortSignal) => Promise<Fetched>;

/** Reads whole documents of a source, bounded, compressed where it can be, conditional where a validator is known. */
export function fetchDocument(
  outbound: OutboundHttp,
  maxBytes: number,
  headers?: (address: string) => Readonly<Record<string, string>> | undefined,
): FetchDocument {
  return async (address, accept, { etag, lastModified }, signal) => {
    const answer = await outbound.get(address, {
      accept,
      etag,
      lastModified,
      compressed: true,
      headers: headers?.(address),
      maxBytes,
      signal,
    });
    if (answer.status !== 'found') return { status: answer.status };
    const { from: _, ...found } = answer;
    return { ...found, body: await readBody(answer.body) };
  };
}

/** What a document that was found is asked for with next time. */
export const validatorsOf = ({ etag, lastModified }: Validators): { etag?: string; lastModified?: string } => ({
  ...(etag === undefined ? {} : { etag }),
  ...(lastModified === undefined ? {} : { lastModified }),
});

/** Our own copy of what a source published: a replay never goes back to the museum. */
export function keepRawCopy(blobs: Pick<Blobs, 'put'>, body: Buffer): Promise<BlobRef> {
  return blobs.put(contentKey('harvester/raw', sha256(body)), body);
}
