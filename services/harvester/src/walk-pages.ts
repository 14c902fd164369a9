import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { PageOrder, PageWork, Work } from './domain/stream/page-work.ts';
import { keepRawCopy } from './fetch-document.ts';
import { numberBefore, PATIENCE } from './open-walk.ts';
import type { RunReport } from './run-report.ts';
import type { Seen, StoredActivity, Stores, WalkState } from './stores.ts';

const MAX_PAGES = 10_000_000;
/** Activities of a page that are stored as one document. */
const MOST_IN_ONE = 2000;
/** Pages of a run are numbered with so many digits, so that their order is that of their ids. */
const DIGITS = 9;
const LAST = 10 ** DIGITS - 1;

/** A page as a walk meets it, of a stream or of what else lists records. */
export type WalkedPage = {
  readonly seen: Seen;
  readonly bytes: number;
  readonly prev: string | undefined;
  readonly next: string | undefined;
  /** What it asks for, to a walk that has come so far. */
  facts(walk: WalkState): PageFacts;
};

export type PageFacts = {
  readonly work: PageWork;
  /** Which way times go on it, where that is clear. */
  readonly order: PageOrder | undefined;
  /** Whether there is nothing on it at all, wanted or not, so that very many such pages are one and the same. */
  readonly empty: boolean;
  /** Something that it should list could not be read. */
  readonly partial?: boolean;
  /** What is on it and can't be used: a failure each. */
  readonly unusable: readonly { readonly place: string; readonly why: string }[];
  /** What tells its activities from those of other pages, in its order. */
  readonly keys: ReadonlySet<string>;
};

/** A walk that may begin, and the page that it begins with where that was read already. */
export type OpenedWalk = { readonly walk: Omit<WalkState, 'stream'>; readonly page?: WalkedPage };

/** The pages of a source, by their addresses. */
export type Pages = {
  page(address: string): Promise<WalkedPage | undefined>;
  /** The first key of a page as it is now: moved, its border has. */
  edge(address: string): Promise<string | undefined>;
};

type WalkDeps = {
  stores: { work: Pick<Stores['work'], 'update'> };
  report: RunReport;
  pages: Pages;
  /** Where records are kept that came with their page. */
  blobs: Pick<Blobs, 'put'>;
  /** Failures of this walk in a row so far. */
  failures: number;
  /** @throws where we may not write any more */
  demand: () => void;
  /** Takes note of an activity that can't be used, by its place. */
  quarantine: (place: string, why: string) => Promise<void>;
  /** Told after work was stored. */
  stored: () => void;
  signal: AbortSignal;
};

/**
 * Goes on with the walk of a run, page by page, and stores what each asks for before it goes further: a crash repeats at most one page.
 *
 * @returns the walk at its end
 * @throws Problem `stream-invalid`, `stream-page-missing`, `source-unreachable`, …: the walk can go on from there later
 */
export async function walkPages(deps: WalkDeps, first: WalkedPage | undefined): Promise<WalkState | undefined> {
  const { report, pages, demand, signal } = deps;
  let ahead: Promise<WalkedPage | undefined> | undefined;
  let page = first;
  let beside: ReadonlySet<string> = new Set();
  for (;;) {
    const { walk } = report.run;
    if (!walk) throw new RangeError('no walk is under way');
    if (signal.aborted) return undefined;
    const found = page ?? (await (ahead ?? pageOf(deps, walk)));
    if (!found) return undefined;
    const { work, order: told, unusable, keys, empty, partial = false } = found.facts(walk);
    if (partial) report.change({ partial });
    const moved = [...keys].some((key) => beside.has(key));
    if (moved) report.note('page-shifted', found.seen.address);
    beside = keys;
    const following = walk.link === 'prev' ? found.prev : found.next;
    const met = following === undefined ? undefined : meet(following, empty ? '' : says(work.work, walk.next), walk);
    if (following !== undefined && !met) report.note('page-loop', following);
    const next = walk.passed || work.ended || !met ? undefined : following;
    // The next page is on its way while this one is stored.
    ahead = next === undefined ? undefined : pages.page(next);
    ahead?.catch(() => {});
    page = undefined;
    // One that can't be used is a failure of its own; the page goes on.
    for (const { place, why } of unusable) await deps.quarantine(place, why);
    await store(deps, walk, found.seen.address, work.work);
    const order = walk.order ?? told;
    const after: WalkState = {
      ...walk,
      ...(order === undefined ? {} : { order }),
      ...newestOf(walk, work),
      ...edgeOf(walk, keys),
      ...(moved ? { shifted: true } : {}),
      onlyDelete: work.onlyDelete,
      passed: work.passed,
    };
    report.change({ pages: report.run.pages + 1, bytes: report.run.bytes + found.bytes });
    if (next === undefined || !met) {
      const last = after.shifted || !(await hasShifted(deps, after, found.seen.address)) ? after : { ...after, shifted: true };
      report.change({ walk: last });
      await report.save(demand);
      return last;
    }
    report.change({ walk: { ...after, next, met } });
    await report.save(demand);
    deps.stored();
  }
}

/** A page by its address; one that has not been there several times is passed over by its number, as a walk can't wait for ever. */
async function pageOf({ pages, report, failures }: WalkDeps, walk: WalkState): Promise<WalkedPage | undefined> {
  try {
    return await pages.page(walk.next);
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'stream-page-missing') throw thrown;
    report.note('page-missing', walk.next);
    const before = walk.link === 'prev' ? numberBefore(walk.next) : undefined;
    if (failures < PATIENCE || before === undefined) throw thrown;
    return pages.page(before);
  }
}

/** Of the first page of a walk the activity that is next to the pages still to come. */
function edgeOf({ met, link }: WalkState, keys: ReadonlySet<string>): { edge?: string } {
  const [first] = keys;
  return met.address === '' && link === 'prev' && first !== undefined ? { edge: first } : {};
}

/** Whether the page that the walk began with begins otherwise by now: then its borders have moved, and those of the pages after it. */
async function hasShifted({ pages, report, failures }: WalkDeps, { edge, head }: WalkState, here: string): Promise<boolean> {
  const page = head.page?.address;
  if (edge === undefined || page === undefined || page === here) return false;
  const first = await pages.edge(page).catch((thrown: unknown) => {
    if (failures < PATIENCE) throw thrown;
    return edge;
  });
  if (first === edge) return false;
  report.note('page-shifted', page);
  return true;
}

const newestOf = ({ newest }: WalkState, work: PageWork): { newest?: number } =>
  newest === undefined && work.newest === undefined ? {} : { newest: Math.max(newest ?? -Infinity, work.newest ?? -Infinity) };

async function store({ stores, blobs, report, demand }: WalkDeps, walk: WalkState, page: string, work: readonly Work[]): Promise<void> {
  const { stored } = report.run;
  if (stored >= Math.min(LAST, MAX_PAGES)) throw new Problem('stream-invalid', { detail: `more than ${MAX_PAGES} pages` });
  report.change({ stored: stored + 1 });
  if (work.length === 0) return;
  demand();
  const { watermark } = walk;
  // A page may hold a whole museum, and a document of the store has an end.
  for (let from = 0; from < work.length; from += MOST_IN_ONE) {
    const activities: StoredActivity[] = [];
    for (const one of work.slice(from, from + MOST_IN_ONE)) activities.push(await storedActivity(one, blobs));
    demand();
    const document = { page, ...(watermark === undefined ? {} : { watermark }), activities };
    await stores.work.update(workId(report.id, walk.forward, stored, from / MOST_IN_ONE), () => document);
  }
}

/** What a walk towards the older stores is done as it comes; what one towards the newer stores, when it has ended, the last page first. */
const workId = (run: string, forward: boolean, page: number, part: number): string =>
  `${run}:${forward ? 'f' : 'b'}${String(forward ? LAST - page : page).padStart(DIGITS, '0')}${part === 0 ? '' : `.${String(part).padStart(5, '0')}`}`;

async function storedActivity(work: Work, blobs: WalkDeps['blobs']): Promise<StoredActivity> {
  const { kind, type, time, object, record } = work;
  return {
    kind,
    type,
    ...(time === undefined ? {} : { time }),
    object,
    ...(record === undefined ? {} : { record }),
    ...(work.kind === 'move' ? { target: work.target } : {}),
    ...(work.kind === 'include' && work.copy ? { copy: await keepRawCopy(blobs, work.copy) } : {}),
  };
}

/** Pages in a row that say the same. */
const MOST_SAME = 100;

/**
 * What is to be remembered so that a circle is known; undefined where the walk has come round: then it has been everywhere.
 *
 * Brent's way, with one address kept: it is looked for over a lap of pages, and each lap is twice the one before. Pages without end that say the same again and
 * again are a circle too.
 */
function meet(next: string, says: string, { met, next: here }: WalkState): WalkState['met'] | undefined {
  const same = says === met.says ? met.same + 1 : 0;
  if (next === met.address || next === here || same >= MOST_SAME) return undefined;
  const lapped = met.steps + 1 >= met.lap;
  return lapped ? { address: next, steps: 0, lap: met.lap * 2, says, same } : { ...met, steps: met.steps + 1, says, same };
}

/** A page of which nothing is wanted says nothing that another could repeat. */
const says = (work: readonly Work[], page: string): string =>
  sha256(work.length === 0 ? page : work.map(({ object, type, time }) => `${type} ${time} ${object}`).join('\n'));
