import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { NoteOddity } from './domain/stream/oddities.ts';
import { type StreamCollection, type StreamPage, streamCollection, streamPage } from './domain/stream/stream-document.ts';
import { type FetchDocument, type FoundDocument, validatorsOf } from './fetch-document.ts';
import type { Seen } from './stores.ts';

const ACCEPT =
  'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json", application/ld+json;q=0.9, application/json;q=0.8';
/** Bytes from which it is worth the trouble. */
const WORTH_COMPRESSING = 2048;

export type Read<T> = { readonly document: T; readonly seen: Seen; readonly bytes: number };

/** Reads the documents of a stream, and notes what is odd about how they are served. */
export type ReadStream = {
  /** Undefined where it is what was seen. */
  collection(address: string, known: Seen | undefined, note: NoteOddity): Promise<Read<StreamCollection> | undefined>;
  page(address: string, known: Seen | undefined, note: NoteOddity): Promise<Read<StreamPage> | undefined>;
};

/** @throws Problem `stream-invalid`, `stream-page-missing`, and what the outbound port throws */
export function readStream(fetch: FetchDocument, signal: AbortSignal): ReadStream {
  async function read<T>(
    address: string,
    known: Seen | undefined,
    note: NoteOddity,
    parse: (body: string, address: string, note: NoteOddity) => T,
  ): Promise<Read<T> | undefined> {
    const answer = await fetch(address, ACCEPT, known?.address === address ? known : {}, signal);
    if (answer.status === 'unchanged') return undefined;
    if (answer.status !== 'found')
      throw new Problem('stream-page-missing', { detail: `${address} answers ${answer.status === 'gone' ? 410 : 404}` });
    noteAnswer(answer, address, note);
    const seen: Seen = { address, sha256: sha256(answer.body), ...validatorsOf(answer) };
    if (known?.address === address && known.sha256 === seen.sha256) return undefined;
    return { document: parse(String(answer.body), answer.address, note), seen, bytes: answer.body.length };
  }
  return {
    collection: (address, known, note) => read(address, known, note, streamCollection),
    page: (address, known, note) => read(address, known, note, streamPage),
  };
}

/** Change Discovery 1.0, 4.1. */
function noteAnswer(answer: FoundDocument, address: string, note: NoteOddity): void {
  if (!/^application\/(?:ld\+|[a-z.+-]+\+)?json/i.test(answer.contentType ?? '')) note('media-type', `${address}: ${answer.contentType}`);
  if (answer.contentEncoding === undefined && answer.body.length > WORTH_COMPRESSING) note('not-compressed', address);
  if (answer.allowOrigin === undefined) note('no-cors', address);
  if (answer.etag === undefined && answer.lastModified === undefined) note('not-conditional', address);
}
