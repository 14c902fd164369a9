import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { readBody } from '@vitrine/platform/outbound/read-body.ts';

type Fetched =
  | { readonly status: 'unchanged' | 'missing' | 'gone' }
  | { readonly status: 'found'; readonly body: Buffer; readonly etag?: string };

export type FetchDocument = (address: string, accept: string, etag: string | undefined, signal: AbortSignal) => Promise<Fetched>;

/** Reads a whole document of a source, bounded, conditional where an ETag is known. */
export function fetchDocument(outbound: OutboundHttp, maxBytes: number): FetchDocument {
  return async (address, accept, etag, signal) => {
    const answer = await outbound.get(address, { accept, etag, maxBytes, signal });
    if (answer.status !== 'found') return { status: answer.status };
    const body = await readBody(answer.body);
    return { status: 'found', body, ...(answer.etag === undefined ? {} : { etag: answer.etag }) };
  };
}

/** Our own copy of what a source published: a replay never goes back to the museum. */
export function keepRawCopy(blobs: Blobs, body: Buffer): Promise<BlobRef> {
  return blobs.put(contentKey('harvester/raw', sha256(body)), body);
}
