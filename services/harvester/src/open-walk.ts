import { Problem } from '@vitrine/platform/problem.ts';
import { type ActivityContext, parseActivity } from './domain/stream/activity.ts';
import type { NoteOddity } from './domain/stream/oddities.ts';
import { orderOf } from './domain/stream/page-work.ts';
import type { StreamCollection, StreamPage } from './domain/stream/stream-document.ts';
import type { Read, ReadStream } from './read-stream.ts';
import type { Seen, StreamState, WalkState } from './stores.ts';

/** A walk of a stream that may begin, and the page that it begins with where that was read already. */
export type OpenedStream = { readonly walk: Omit<WalkState, 'stream'>; readonly page?: Read<StreamPage> };

type Opening = {
  readonly read: ReadStream;
  readonly state: StreamState;
  /** Whether it is walked also where nothing changed. */
  readonly whole: boolean;
  readonly context: Omit<ActivityContext, 'page' | 'note'>;
  readonly note: NoteOddity;
  /** Failures of the source in a row so far. */
  readonly failures: number;
};

const silent: NoteOddity = () => {};
/** Numbers by which the last page may be wrong: Goobi names one too many on exact multiples of its page size. */
const TRIED = 2;
/** Failures of a source in a row after which a page that it can't give is looked for elsewhere. */
export const PATIENCE = 3;

/**
 * Finds where a stream begins: with its newest activities. Change Discovery 1.0, 3.1 puts these at the end; others put them at the beginning, and leave
 * links out, so the times are looked at. Undefined where nothing changed since the last walk.
 *
 * Once the order is known, a look at an unchanged stream is two requests.
 *
 * @throws Problem `stream-invalid`, `stream-page-missing`, `source-unreachable`, …
 */
export async function openWalk(opening: Opening): Promise<OpenedStream | undefined> {
  const { read, state, whole, note } = opening;
  const { address } = state;
  const head = whole ? undefined : state.head;
  const entry = await read.collection(address, head?.collection, note);
  if (!entry) {
    // The collection is as it was, so are its links.
    const page = head?.page && (await read.page(head.page.address, head.page, note));
    return head && page && begin(opening, { collection: head.collection, page: page.seen }, page, wayBack(state));
  }
  const { document: collection, seen } = entry;
  if (collection.first === undefined && collection.last === undefined) {
    if (collection.items.length === 0) return empty(opening, seen);
    const page = { document: { items: collection.items, prev: undefined, next: undefined }, seen, bytes: entry.bytes };
    return begin(opening, { collection: seen }, page, { forward: false, link: 'prev', order: state.order });
  }
  const route = await routeOf(collection, opening);
  // Where only what surrounds the activities changed, a date or a count, there is nothing to walk.
  const same = head?.page?.address === route.page.seen.address && head.page.sha256 === route.page.seen.sha256;
  if (same && state.watermark !== undefined && !route.forward) return undefined;
  // What was not found where the collection says is looked for again next time, whatever it says then.
  const astray = route.link === 'prev' && route.page.seen.address !== collection.last;
  const entrance = astray ? { address, sha256: '' } : seen;
  return begin(opening, { collection: entrance, page: route.page.seen }, route.page, route);
}

type Route = { readonly forward: boolean; readonly link: 'prev' | 'next'; readonly order: StreamState['order'] };

function begin(
  { state, whole }: Pick<Opening, 'state' | 'whole'>,
  head: WalkState['head'],
  page: Read<StreamPage>,
  { forward, link, order }: Route,
): OpenedStream {
  const next = page.seen.address;
  return {
    walk: {
      next,
      link,
      forward,
      head,
      ...(order === undefined ? {} : { order }),
      onlyDelete: false,
      passed: false,
      isFirst: state.watermark === undefined && state.wholeAt === undefined,
      // What is read from its beginning is read whole.
      ...(whole || forward || state.watermark === undefined ? {} : { watermark: state.watermark }),
      met: { address: '', steps: 0, lap: 1, says: '', same: 0 },
    },
    page,
  };
}

/** A stream without activities is walked too: what was there may be there no longer. */
function empty(opening: Opening, seen: Seen): OpenedStream {
  const page = { document: { items: [], prev: undefined, next: undefined }, seen, bytes: 0 };
  return begin(opening, { collection: seen }, page, { forward: false, link: 'prev', order: undefined });
}

const wayBack = ({ order, forward = false }: StreamState): Route => ({
  forward,
  link: forward || order === 'newest-first' ? 'next' : 'prev',
  order,
});

async function routeOf(collection: StreamCollection, opening: Opening): Promise<Route & { page: Read<StreamPage> }> {
  const { read, state, note } = opening;
  const { first, last } = collection;
  // What order it has was found out when it was last walked whole.
  if (!opening.whole && state.order === 'newest-first' && first !== undefined)
    return { forward: false, link: 'next', order: state.order, page: await pageAt(read, first, note) };
  const end = last === undefined ? undefined : await lastPage(last, first !== undefined, opening);
  if (!opening.whole && state.order === 'oldest-first' && end && (end.document.prev !== undefined || first === last || first === undefined))
    return { forward: false, link: 'prev', order: state.order, page: end };
  if (first === undefined || first === end?.seen.address) {
    if (!end) throw new Problem('stream-invalid', { detail: `${state.address}: neither its first nor its last page can be read` });
    return { forward: false, link: 'prev', order: inside(end, opening) ?? 'oldest-first', page: end };
  }
  // The beginning is only looked at for the order. That it can't be read is soon over, or is the walk's affair when it comes there: by what order it goes there must not
  // be left to a fault.
  const start = await pageAt(read, first, note).catch((thrown: unknown) => {
    if (end && opening.failures >= PATIENCE && thrown instanceof Problem && MISSING.has(thrown.code)) return undefined;
    throw thrown;
  });
  if (!start && end) return { forward: false, link: 'prev', order: inside(end, opening) ?? 'oldest-first', page: end };
  if (!start) throw new Problem('stream-invalid', { detail: `${state.address}: neither its first nor its last page can be read` });
  const order = between(start, end, opening);
  if (order === 'newest-first') {
    note('order-newest-first', state.address);
    return { forward: false, link: 'next', order, page: start };
  }
  if (end && (end.document.prev !== undefined || start.document.next === undefined)) {
    if (end.document.prev === undefined) note('prev-missing', end.seen.address);
    return { forward: false, link: 'prev', order: 'oldest-first', page: end };
  }
  // Nothing leads back from the end: the only way is from the beginning on, and the work begins when all is read.
  if (end) note('prev-missing', end.seen.address);
  return { forward: true, link: 'next', order: 'oldest-first', page: start };
}

async function pageAt(read: ReadStream, address: string, note: NoteOddity): Promise<Read<StreamPage>> {
  const page = await read.page(address, undefined, note);
  if (!page) throw new Problem('stream-page-missing', { detail: `${address} answers 304 to who has nothing` });
  return page;
}

/**
 * The last page; where it isn't there, the one before it by its number. Undefined where only the way from the first page is left.
 */
async function lastPage(address: string, hasFirst: boolean, { read, note, failures }: Opening): Promise<Read<StreamPage> | undefined> {
  let at: string | undefined = address;
  let fault: unknown;
  for (let tried = 0; tried <= TRIED && at !== undefined; tried++) {
    try {
      const page = await pageAt(read, at, note);
      if (page.document.items.length > 0 || page.document.prev !== undefined || tried === TRIED) return page;
      note('page-empty', at);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || !MISSING.has(thrown.code)) throw thrown;
      // A host that fails now and then has its page again soon; one that says so each time is wrong about it.
      if (thrown.code !== 'stream-page-missing' && failures < PATIENCE) throw thrown;
      fault ??= thrown;
      note('page-missing', at);
    }
    at = numberBefore(at);
  }
  if (!hasFirst && fault !== undefined) throw fault;
  return undefined;
}

const MISSING: ReadonlySet<string> = new Set(['stream-page-missing', 'source-unreachable', 'stream-invalid']);

/** The address of the page before by its last number: for publishers whose links are wrong. */
export function numberBefore(address: string): string | undefined {
  const numbered = /^(.*?)(\d+)(\D*)$/.exec(address);
  const [, before = '', digits = '', after = ''] = numbered ?? [];
  if (digits === '' || Number(digits) === 0) return undefined;
  return `${before}${String(Number(digits) - 1).padStart(digits.length, '0')}${after}`;
}

function timesOf(page: Read<StreamPage>, { context }: Opening): { newest: number; oldest: number } | undefined {
  const times = page.document.items.flatMap((item) => {
    const activity = parseActivity(item, { ...context, page: page.seen.address, note: silent });
    return activity && activity.kind !== 'ignore' && activity.time !== undefined ? [activity.time] : [];
  });
  return times.length === 0 ? undefined : { newest: Math.max(...times), oldest: Math.min(...times) };
}

function inside(page: Read<StreamPage>, { context }: Opening): StreamState['order'] {
  const activities = page.document.items.flatMap(
    (item) => parseActivity(item, { ...context, page: page.seen.address, note: silent }) ?? [],
  );
  return orderOf(activities, silent, page.seen.address);
}

/** The order of the whole by its two ends, or by the first page alone. */
function between(start: Read<StreamPage>, end: Read<StreamPage> | undefined, opening: Opening): StreamState['order'] {
  const [early, late] = [timesOf(start, opening), end && timesOf(end, opening)];
  if (early && late && early.newest !== late.newest) return early.newest > late.newest ? 'newest-first' : 'oldest-first';
  return inside(start, opening) ?? (end && inside(end, opening));
}
