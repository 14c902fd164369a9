import type { Activity } from './activity.ts';
import type { NoteOddity } from './oddities.ts';

/** An activity that is work: about an object, and of this stream. */
export type Work = Exclude<Activity, { kind: 'refresh' | 'ignore' }>;

/** What a crawl knows when it comes to a page (Change Discovery 1.0, 3.5). */
export type Crawl = {
  /** Milliseconds since 1970; what is older was done. Undefined in a crawl of everything. */
  readonly watermark?: number;
  /** Whether there was a crawl before: without one a Refresh ends it. */
  readonly isFirst: boolean;
  readonly onlyDelete: boolean;
};

export type PageWork = {
  /** The newest first, each object once. */
  readonly work: readonly Work[];
  readonly onlyDelete: boolean;
  /** Something on the page is older than the watermark. */
  readonly passed: boolean;
  /** Nothing older is wanted. */
  readonly ended: boolean;
  readonly newest: number | undefined;
};

type Listed = { readonly activity: Exclude<Activity, { kind: 'ignore' }>; readonly index: number };

/**
 * A page's activities as work, the newest first. Its own order is not relied upon: activities with times are sorted by them, equal ones by their place.
 *
 * What is older than the watermark is work too where it is met: whoever judges records knows whether it was done (an activity that came late to a page
 * has not been).
 */
export function pageWork(activities: readonly Activity[], order: PageOrder, { watermark, isFirst, onlyDelete }: Crawl): PageWork {
  const work: Work[] = [];
  const done = new Set<string>();
  let [deletesAlone, ended, passed] = [onlyDelete, false, false];
  let newest: number | undefined;
  for (const { activity } of newestFirst(activities, order)) {
    const { time } = activity;
    if (time !== undefined && (newest === undefined || time > newest)) newest = time;
    if (watermark !== undefined && time !== undefined && time < watermark) passed = true;
    if (ended) continue;
    if (activity.kind === 'refresh') {
      // 3.5.2: "if lastCrawl is not null, then set onlyDelete to True, else if lastCrawl is null, then terminate".
      if (isFirst) ended = true;
      else deletesAlone = true;
      continue;
    }
    if (done.has(activity.object)) continue;
    if (deletesAlone && activity.kind !== 'remove') continue;
    done.add(activity.object);
    if (activity.kind !== 'move') work.push(activity);
    // What was done to the target since is newer than the move.
    else if (!done.has(activity.target.object)) {
      done.add(activity.target.object);
      work.push(activity);
    } else {
      const { target: _, ...source } = activity;
      work.push({ ...source, kind: 'remove' });
    }
  }
  return { work, onlyDelete: deletesAlone, passed, ended, newest };
}

export type PageOrder = 'oldest-first' | 'newest-first';

function newestFirst(activities: readonly Activity[], order: PageOrder): readonly Listed[] {
  const listed = activities.flatMap((activity, index): Listed[] => (activity.kind === 'ignore' ? [] : [{ activity, index }]));
  if (order === 'oldest-first') listed.reverse();
  // A sort by times that some lack would be none: then the page's own order is all there is.
  const timed = listed.every(({ activity }) => activity.time !== undefined);
  return timed ? listed.toSorted((a, b) => (b.activity.time ?? 0) - (a.activity.time ?? 0)) : listed;
}

/** How many times more steps go one way than the other where there is an order. */
const CLEARLY = 5;

/** Which way times go on a page; undefined where they say nothing, or not clearly. Notes where they go both ways. */
export function orderOf(activities: readonly Activity[], note: NoteOddity, page: string): PageOrder | undefined {
  let [up, down] = [0, 0];
  let before: number | undefined;
  for (const activity of activities) {
    if (activity.kind === 'ignore' || activity.time === undefined) continue;
    if (before !== undefined && activity.time > before) up++;
    if (before !== undefined && activity.time < before) down++;
    before = activity.time;
  }
  if (up > 0 && down > 0) note('order-mixed', page);
  // A page that is in no order must not be taken for one: what is remembered of it decides where later walks begin.
  if (Math.max(up, down) < CLEARLY * Math.min(up, down) || up === down) return undefined;
  return up > down ? 'oldest-first' : 'newest-first';
}
