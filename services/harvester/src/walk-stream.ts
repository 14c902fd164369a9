import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { type Activity, type ActivityContext, parseActivity } from './domain/stream/activity.ts';
import type { NoteOddity } from './domain/stream/oddities.ts';
import { orderOf, type PageWork, pageWork, type Work } from './domain/stream/page-work.ts';
import type { StreamPage } from './domain/stream/stream-document.ts';
import { numberBefore, type OpenedWalk, PATIENCE } from './open-walk.ts';
import type { Read, ReadStream } from './read-stream.ts';
import type { RunReport } from './run-report.ts';
import type { StoredActivity, Stores, WalkState } from './stores.ts';

const silent: NoteOddity = () => {};
const MAX_PAGES = 10_000_000;
/** Pages of a run are numbered with so many digits, so that their order is that of their ids. */
const DIGITS = 9;
const LAST = 10 ** DIGITS - 1;

type WalkDeps = {
  stores: { work: Pick<Stores['work'], 'update'> };
  report: RunReport;
  read: ReadStream;
  context: Omit<ActivityContext, 'page' | 'note'>;
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
export async function walkStream(deps: WalkDeps, first: OpenedWalk['page']): Promise<WalkState | undefined> {
  const { report, read, demand, signal } = deps;
  let ahead: Promise<Read<StreamPage> | undefined> | undefined;
  let page = first;
  let beside: ReadonlySet<string> = new Set();
  for (;;) {
    const { walk } = report.run;
    if (!walk) throw new RangeError('no walk is under way');
    if (signal.aborted) return undefined;
    const found = page ?? (await (ahead ?? pageOf(deps, walk)));
    if (!found) return undefined;
    const { work, activities, unusable, keys } = readPage(found, walk, deps);
    const moved = [...keys].some((key) => beside.has(key));
    if (moved) report.note('page-shifted', found.seen.address);
    beside = keys;
    const following = walk.link === 'prev' ? found.document.prev : found.document.next;
    const met = following === undefined ? undefined : meet(following, work.work, walk);
    if (following !== undefined && !met) report.note('page-loop', following);
    const next = walk.passed || work.ended || !met ? undefined : following;
    // The next page is on its way while this one is stored.
    ahead = next === undefined ? undefined : read.page(next, undefined, report.note);
    ahead?.catch(() => {});
    page = undefined;
    // One that can't be used is a failure of its own; the page goes on.
    for (const { place, why } of unusable) await deps.quarantine(place, why);
    await store(deps, walk, found.seen.address, work.work);
    const order = walk.order ?? orderOf(activities, silent, found.seen.address);
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
async function pageOf({ read, report, failures }: WalkDeps, walk: WalkState): Promise<Read<StreamPage> | undefined> {
  try {
    return await read.page(walk.next, undefined, report.note);
  } catch (thrown) {
    if (!(thrown instanceof Problem) || thrown.code !== 'stream-page-missing') throw thrown;
    report.note('page-missing', walk.next);
    const before = walk.link === 'prev' ? numberBefore(walk.next) : undefined;
    if (failures < PATIENCE || before === undefined) throw thrown;
    return read.page(before, undefined, report.note);
  }
}

function readPage({ document, seen }: Read<StreamPage>, walk: WalkState, { report, context }: WalkDeps) {
  const { note } = report;
  const page = seen.address;
  const activities: Activity[] = [];
  const unusable: { place: string; why: string }[] = [];
  const met = new Set<string>();
  for (const [index, item] of document.items.entries()) {
    let why = '';
    const noteHere: NoteOddity = (code, detail = '') => {
      if (code === 'activity-unusable') why = detail;
      note(code, detail);
    };
    const activity = parseActivity(item, { ...context, page, note: noteHere });
    if (!activity) {
      report.countActivity('unusable');
      unusable.push({ place: `${page}#${index}`, why });
      continue;
    }
    report.countActivity(activity.kind === 'ignore' ? 'ignored' : activity.type);
    activities.push(activity);
    if (activity.kind === 'ignore' || activity.kind === 'refresh') continue;
    const same = keyOf(activity);
    if (met.has(same)) note('activity-twice', page);
    met.add(same);
  }
  const order = orderOf(activities, note, page) ?? walk.order ?? 'oldest-first';
  return { activities, unusable, keys: keysOf(activities), work: pageWork(activities, order, walk) };
}

/** 3.5.4: two activities with the same type, object and time are the same. */
const keyOf = ({ type, time, object }: Work): string => `${type} ${time} ${object}`;

/** Those that can be told from one another: without times an activity may well be there twice. */
function keysOf(activities: readonly Activity[]): ReadonlySet<string> {
  return new Set(activities.flatMap((activity) => ('object' in activity && activity.time !== undefined ? keyOf(activity) : [])));
}

/** Of the first page of a walk the activity that is next to the pages still to come. */
function edgeOf({ met, link }: WalkState, keys: ReadonlySet<string>): { edge?: string } {
  const [first] = keys;
  return met.address === '' && link === 'prev' && first !== undefined ? { edge: first } : {};
}

/** Whether the page that the walk began with begins otherwise by now: then its borders have moved, and those of the pages after it. */
async function hasShifted({ read, report, context, failures }: WalkDeps, { edge, head }: WalkState, here: string): Promise<boolean> {
  const page = head.page?.address;
  if (edge === undefined || page === undefined || page === here) return false;
  const again = await read.page(page, undefined, silent).catch((thrown: unknown) => {
    if (failures < PATIENCE) throw thrown;
    return undefined;
  });
  if (!again) return false;
  const [first] = keysOf(again.document.items.flatMap((item) => parseActivity(item, { ...context, page, note: silent }) ?? []));
  if (first === edge) return false;
  report.note('page-shifted', page);
  return true;
}

const newestOf = ({ newest }: WalkState, work: PageWork): { newest?: number } =>
  newest === undefined && work.newest === undefined ? {} : { newest: Math.max(newest ?? -Infinity, work.newest ?? -Infinity) };

async function store({ stores, report, demand }: WalkDeps, walk: WalkState, page: string, work: readonly Work[]): Promise<void> {
  const { stored } = report.run;
  if (stored >= Math.min(LAST, MAX_PAGES)) throw new Problem('stream-invalid', { detail: `more than ${MAX_PAGES} pages` });
  report.change({ stored: stored + 1 });
  if (work.length === 0) return;
  demand();
  const activities = work.map(storedActivity);
  const { watermark } = walk;
  const document = { page, ...(watermark === undefined ? {} : { watermark }), activities };
  await stores.work.update(workId(report.id, walk.forward, stored), () => document);
}

/** What a walk towards the older stores is done as it comes; what one towards the newer stores, when it has ended, the last page first. */
const workId = (run: string, forward: boolean, page: number): string =>
  `${run}:${forward ? 'f' : 'b'}${String(forward ? LAST - page : page).padStart(DIGITS, '0')}`;

function storedActivity(work: Work): StoredActivity {
  const { kind, type, time, object, record } = work;
  return {
    kind,
    type,
    ...(time === undefined ? {} : { time }),
    object,
    ...(record === undefined ? {} : { record }),
    ...(work.kind === 'move' ? { target: work.target } : {}),
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
function meet(next: string, work: readonly Work[], { met, next: here }: WalkState): WalkState['met'] | undefined {
  const says = sha256(work.map(({ object, type, time }) => `${type} ${time} ${object}`).join('\n'));
  const same = says === met.says ? met.same + 1 : 0;
  if (next === met.address || next === here || same >= MOST_SAME) return undefined;
  const lapped = met.steps + 1 >= met.lap;
  return lapped ? { address: next, steps: 0, lap: met.lap * 2, says, same } : { ...met, steps: met.steps + 1, says, same };
}
