import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { foldedAddress } from '../domain/source-address.ts';
import type { Work } from '../domain/stream/page-work.ts';
import type { SourceContext } from '../harvest-source.ts';
import type { RunReport } from '../run-report.ts';
import type { SourceKind } from '../source-kind.ts';
import type { Seen, StreamState, WalkState } from '../stores.ts';
import type { PageFacts, Pages, WalkedPage } from '../walk-pages.ts';

/** A record as something that is no activity stream lists it. */
export type Listed = {
  /** What the source calls it, for ever: an address, or whatever else is its own id. */
  readonly id: string;
  /** Milliseconds since 1970 when the source says it was changed. */
  readonly time?: number;
  /** Whether it says that it is there no longer. */
  readonly gone?: boolean;
  /** Where the record is read, where it did not come with the list and its id is no address. */
  readonly record?: string;
  /** The record itself. */
  readonly copy?: Buffer;
};

export type ListingPage = {
  readonly records: readonly Listed[];
  /** What can't be used, each with its place. */
  readonly unusable?: readonly { readonly place: string; readonly why: string }[];
  /** Something that belongs to it could not be read. */
  readonly partial?: boolean;
  readonly next: string | undefined;
  readonly bytes: number;
};

type Beginning = {
  /** The address of the first page. */
  readonly first: string;
  readonly page?: ListingPage;
  /** What is compared next time; unchanged, there is nothing to walk. */
  readonly seen: Seen;
  /** Where only what was changed since is listed: milliseconds since 1970. */
  readonly since?: number;
  /** Whether deletions are told (2), or times alone (1), or nothing: then what a whole walk does not meet is there no longer. */
  readonly level: 0 | 1 | 2;
};

/** How one kind of source lists its records. A page has an address at which a walk can go on after a crash. */
export type Listing = {
  /** Undefined where nothing changed. @throws Problem `listing-invalid`, `source-unreachable`, … */
  begin(address: string, known: StreamState | undefined, signal: AbortSignal): Promise<Beginning | undefined>;
  page(address: string, signal: AbortSignal): Promise<ListingPage>;
  /** Whether records move between its pages when one comes or goes. */
  readonly pagesMove?: boolean;
};

/** Milliseconds by which a source's clock may be ahead. */
const AHEAD = 24 * 60 * 60 * 1000;

/** A listing is walked as a stream is: page by page, each stored before the next, from its beginning to its end. */
export function listedSource(listing: Listing): SourceKind {
  return {
    open: async (context, { state, whole, report }) => {
      const begun = await listing.begin(state.address, whole ? undefined : state, context.signal);
      if (!begun) return undefined;
      const { first, page, seen, since, level } = begun;
      // A disk that is not mounted looks so, and an interface that answers something else.
      const isEmpty = page?.records.length === 0 && page.next === undefined && since === undefined;
      if (isEmpty && state.holds) throw nothingListed(state.address);
      return {
        walk: {
          next: first,
          link: 'next',
          forward: false,
          head: { collection: seen },
          onlyDelete: false,
          passed: false,
          level,
          isFirst: state.watermark === undefined && state.wholeAt === undefined,
          ...(since === undefined ? {} : { watermark: since }),
          met: { address: '', steps: 0, lap: 1, says: '', same: 0 },
        },
        ...(page ? { page: walked(first, page, context, report) } : {}),
      };
    },
    pagesMove: listing.pagesMove ?? false,
    unusable: 'listed-record-invalid',
    pages: (context, report): Pages => ({
      page: async (address) => walked(address, await listing.page(address, context.signal), context, report),
      edge: async () => undefined,
    }),
  };
}

function walked(address: string, page: ListingPage, context: SourceContext, report: RunReport): WalkedPage {
  const { next, bytes } = page;
  return { seen: { address, sha256: '' }, bytes, prev: undefined, next, facts: (walk) => factsOf(page, address, walk, context, report) };
}

function factsOf(
  { records, unusable = [], partial = false }: ListingPage,
  page: string,
  { onlyDelete, level }: WalkState,
  { settings: { paths } }: SourceContext,
  report: RunReport,
): PageFacts {
  const work = new Map<string, Work>();
  const twice: { place: string; why: string }[] = [];
  const now = Date.now();
  let newest: number | undefined;
  for (const { id, time, gone = false, record, copy } of records) {
    const wanted = paths.length === 0 || paths.some((path) => foldedAddress(id).startsWith(foldedAddress(path)));
    report.countActivity(!wanted ? 'ignored' : gone ? 'deleted' : 'listed');
    // A clock that is ahead must not hide what comes after it.
    if (time !== undefined && time < now + AHEAD) newest = Math.max(newest ?? time, time);
    if (!wanted) continue;
    if (work.has(id)) twice.push({ place: `${page} ${id}`, why: `${id} is listed twice; the first counts` });
    else
      work.set(id, {
        kind: gone ? 'remove' : 'include',
        type: gone ? 'Delete' : 'Update',
        // Where everything is listed each time, what is listed is so, whatever time it has: a backup that was restored too.
        time: level === 2 ? time : undefined,
        object: id,
        ...(record === undefined ? {} : { record }),
        ...(copy ? { copy } : {}),
      });
  }
  for (const _ of unusable) report.countActivity('unusable');
  return {
    work: { work: [...work.values()], onlyDelete, passed: false, ended: false, newest },
    order: undefined,
    // Pages without an image or a manifest may well follow one another.
    empty: false,
    partial,
    unusable: [...unusable, ...twice],
    // A listing may well name a record on two pages; no borders are watched.
    keys: new Set(),
  };
}

export const nothingListed = (address: string): Problem =>
  new Problem('source-unreachable', { detail: `${address} lists nothing, and listed records before; remove the source if that is meant` });

/** What tells one state of a listing from another. */
export const fingerprint = (facts: readonly unknown[]): string => sha256(JSON.stringify(facts));
