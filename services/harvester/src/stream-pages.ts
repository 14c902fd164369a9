import { type Activity, type ActivityContext, parseActivity } from './domain/stream/activity.ts';
import type { NoteOddity } from './domain/stream/oddities.ts';
import { orderOf, pageWork, type Work } from './domain/stream/page-work.ts';
import type { StreamPage } from './domain/stream/stream-document.ts';
import type { Read, ReadStream } from './read-stream.ts';
import type { RunReport } from './run-report.ts';
import type { WalkState } from './stores.ts';
import type { PageFacts, Pages, WalkedPage } from './walk-pages.ts';

type Context = Omit<ActivityContext, 'page' | 'note'>;

const silent: NoteOddity = () => {};

/** The pages of an activity stream. What is odd on one is noted in the report when its facts are asked for. */
export function streamPages(read: ReadStream, context: Context, report: RunReport): Pages {
  return {
    page: async (address) => {
      const page = await read.page(address, undefined, report.note);
      return page && walkedPage(page, context, report);
    },
    edge: async (address) => {
      const page = await read.page(address, undefined, silent);
      const activities = page?.document.items.flatMap((item) => parseActivity(item, { ...context, page: address, note: silent }) ?? []);
      const [first] = keysOf(activities ?? []);
      return first;
    },
  };
}

export function walkedPage({ document, seen, bytes }: Read<StreamPage>, context: Context, report: RunReport): WalkedPage {
  const { prev, next } = document;
  return { seen, bytes, prev, next, facts: (walk) => factsOf(document, seen.address, walk, context, report) };
}

function factsOf({ items }: StreamPage, page: string, walk: WalkState, context: Context, report: RunReport): PageFacts {
  const { note } = report;
  const activities: Activity[] = [];
  const unusable: { place: string; why: string }[] = [];
  const met = new Set<string>();
  for (const [index, item] of items.entries()) {
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
  const order = orderOf(activities, note, page);
  const empty = items.length === 0;
  return { empty, unusable, order, keys: keysOf(activities), work: pageWork(activities, order ?? walk.order ?? 'oldest-first', walk) };
}

/** 3.5.4: two activities with the same type, object and time are the same. */
const keyOf = ({ type, time, object }: Work): string => `${type} ${time} ${object}`;

/** Those that can be told from one another: without times an activity may well be there twice. */
function keysOf(activities: readonly Activity[]): ReadonlySet<string> {
  return new Set(activities.flatMap((activity) => ('object' in activity && activity.time !== undefined ? keyOf(activity) : [])));
}
