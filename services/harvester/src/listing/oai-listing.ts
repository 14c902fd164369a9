import { sha256 as hash } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { oaiIdentity, oaiPage } from '../domain/listing/oai-response.ts';
import type { FetchDocument } from '../fetch-document.ts';
import { fingerprint, type Listing, type ListingPage } from './listing.ts';

const ACCEPT = 'text/xml, application/xml;q=0.9';

type Options = { readonly prefix: string; readonly set?: string | undefined };

/**
 * OAI-PMH 2.0: what was changed since the newest datestamp that was seen, with its own ties, or everything; followed by resumption tokens. Deletions are believed where the
 * repository keeps them for ever and everything is asked for; else a whole walk now and then finds what is there no longer: a record that leaves a set is deleted nowhere.
 */
export function oaiListing(fetch: FetchDocument, { prefix, set }: Options): Listing {
  async function read<T>(
    address: string,
    signal: AbortSignal,
    parse: (bytes: Uint8Array, place: string) => T,
  ): Promise<{ answer: T; bytes: number }> {
    const answer = await fetch(address, ACCEPT, {}, signal);
    if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
    return { answer: parse(answer.body, address), bytes: answer.body.length };
  }

  async function page(address: string, signal: AbortSignal): Promise<ListingPage> {
    const { answer, bytes } = await read(address, signal, oaiPage);
    const { records, unusable, token } = answer;
    return {
      records: records.flatMap(({ id, time, gone, metadata }) =>
        !gone && metadata === undefined
          ? []
          : [{ id, gone, ...(time === undefined ? {} : { time }), ...(metadata === undefined ? {} : { copy: Buffer.from(metadata) }) }],
      ),
      unusable: Array.from({ length: unusable }, (_, at) => ({ place: `${address}#${at}`, why: 'a record without an identifier' })),
      next: token === undefined ? undefined : request(address, { verb: 'ListRecords', resumptionToken: token }),
      bytes,
    };
  }

  return {
    begin: async (address, known, signal) => {
      const { answer: identity } = await read(request(address, { verb: 'Identify' }), signal, oaiIdentity);
      const since = known?.watermark;
      const time = since === undefined ? undefined : new Date(since).toISOString();
      const first = request(address, {
        verb: 'ListRecords',
        metadataPrefix: prefix,
        ...(set === undefined ? {} : { set }),
        // 2.7.1: seconds without fractions, or days; inclusive.
        ...(time === undefined ? {} : { from: identity.hasSeconds ? `${time.slice(0, 19)}Z` : time.slice(0, 10) }),
      });
      const begun = await page(first, signal);
      // Where datestamps are days, a record may change again without another one.
      const sha256 = fingerprint(begun.records.map(({ id, time: changed, gone, copy }) => [id, changed, gone, copy && hash(copy)]));
      const seen = { address: first, sha256 };
      const before = known?.head?.collection;
      if (begun.next === undefined && since !== undefined && (begun.records.length === 0 || before?.sha256 === sha256)) return undefined;
      return {
        first,
        page: begun,
        seen,
        level: identity.tellsDeletions && set === undefined ? 2 : 1,
        ...(since === undefined ? {} : { since }),
      };
    },
    page,
  };
}

/** A request to the repository of another one. */
function request(address: string, asked: Readonly<Record<string, string>>): string {
  const url = new URL(address);
  for (const name of ['verb', 'metadataPrefix', 'set', 'from', 'until', 'identifier', 'resumptionToken']) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return url.href;
}
