import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { iiifMembers } from '../domain/listing/iiif-collection.ts';
import { type FetchDocument, validatorsOf } from '../fetch-document.ts';
import type { Listing, ListingPage } from './listing.ts';

const ACCEPT =
  'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json", application/ld+json;q=0.9, application/json;q=0.8';
/** Collections that wait at once. */
const MOST_WAITING = 5000;

/**
 * The manifests of a IIIF Collection and of those in it, of Presentation 3 or 2. A page is a collection; the address at which a walk goes on names all that wait, a space
 * between them.
 */
export function iiifListing(fetch: FetchDocument): Listing {
  /** Collections may hold one another. */
  const met = new Set<string>();

  function pageOf(body: Buffer, address: string, waiting: readonly string[]): ListingPage {
    met.add(address);
    const { manifests, collections, unusable } = iiifMembers(String(body), address);
    const fresh = [...new Set(collections)].filter((one) => !met.has(one) && !waiting.includes(one));
    for (const one of fresh) met.add(one);
    const ahead = [...fresh, ...waiting];
    if (ahead.length > MOST_WAITING)
      throw new Problem('listing-invalid', { detail: `${address}: more than ${MOST_WAITING} collections wait` });
    return {
      records: [...new Set(manifests)].map((id) => ({ id })),
      unusable: Array.from({ length: unusable }, (_, at) => ({ place: `${address}#${at}`, why: 'a member without an id' })),
      next: ahead.length === 0 ? undefined : ahead.join(' '),
      bytes: body.length,
    };
  }

  return {
    begin: async (address, known, signal) => {
      const before = known?.head?.collection;
      const answer = await fetch(address, ACCEPT, {}, signal);
      if (answer.status !== 'found') throw new Problem('stream-page-missing', { detail: `${address} is not there` });
      const seen = { address, sha256: sha256(answer.body), ...validatorsOf(answer) };
      const page = pageOf(answer.body, address, []);
      // The manifests may have changed where their list has not: they are asked each time, with what is known of them.
      if (page.records.length === 0 && page.next === undefined && before?.sha256 === seen.sha256) return undefined;
      return { first: address, page, seen, level: 0 };
    },
    page: async (cursor, signal) => {
      const [address = cursor, ...waiting] = cursor.split(' ');
      const answer = await fetch(address, ACCEPT, {}, signal);
      const dead = (why: string): ListingPage => ({
        records: [],
        unusable: [{ place: address, why }],
        partial: true,
        next: waiting.length === 0 ? undefined : waiting.join(' '),
        bytes: 0,
      });
      // One member that is dead must not hide those behind it.
      if (answer.status !== 'found') return dead(`${address} is not there`);
      try {
        return pageOf(answer.body, address, waiting);
      } catch (thrown) {
        return dead(asProblem(thrown).detail ?? address);
      }
    },
  };
}
