// One mode: a walk from the last page backwards to the watermark (Change Discovery 1.0, 3.5).
// Progress kept: the run's next page in the source's document, each record's own time and run. A crash repeats at most one page.
// The watermark moves only when a walk has reached its end, to the newest time of the publisher that the walk saw.

import { randomUUID } from 'node:crypto';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { type Activity, parseActivity } from './domain/activity.ts';
import { streamCollection, streamPage } from './domain/stream-document.ts';
import type { FetchDocument } from './fetch-document.ts';
import type { HarvestRecord } from './harvest-record.ts';
import { recordKey, type SourceDocument, type Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const ACCEPT =
  'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json", application/ld+json;q=0.9, application/json;q=0.8';
const RECORDS_AT_ONCE = 8;
const MAX_PAGES = 1_000_000;
/** Clocks may differ by so much; a time beyond it is a mistake and orders nothing. */
const CLOCK_SKEW = 24 * 60 * 60 * 1000;

type Deps = {
  stores: Stores;
  fetch: FetchDocument;
  harvest: HarvestRecord;
  outcome: RecordOutcome;
  now: () => Date;
};

/** A source at work: its lease, and when to stop. */
export type SourceContext = Pick<Walk, 'source' | 'lease' | 'signal'>;

/** Looks at a source once: walks it when it changed, goes on with a walk that was interrupted. Answers whether it walked. */
export function harvestSource({ stores, fetch, harvest, outcome, now }: Deps) {
  type Run = NonNullable<SourceDocument['run']>;

  async function read(address: string, signal: AbortSignal): Promise<string> {
    const fetched = await fetch(address, ACCEPT, undefined, signal);
    if (fetched.status === 'found') return String(fetched.body);
    throw new Problem('source-unreachable', { detail: `${address} answers ${fetched.status === 'gone' ? 410 : 404}` });
  }

  async function save({ source, lease }: SourceContext, change: (current: SourceDocument) => SourceDocument): Promise<void> {
    await stores.sources.update(source, (current) => {
      if (!lease.held()) throw new Problem('conflict', { detail: 'the lease of this source was lost' });
      return current && change(current);
    });
  }

  /** The run to go on with, a new one where the stream changed, undefined where it did not. */
  async function begin(context: SourceContext, document: SourceDocument): Promise<Run | undefined> {
    if (document.run) return document.run;
    const body = await read(document.address, context.signal);
    const collection = streamCollection(body, document.address);
    const last = collection && (await read(collection.last, context.signal));
    const head = sha256(`${body}\n${last ?? ''}`);
    if (!collection || head === document.head) return undefined;
    const run: Run = { id: randomUUID(), next: collection.last, head, pages: 0 };
    await save(context, (current) => ({ ...current, run, runs: current.runs + 1 }));
    return run;
  }

  /** Carries out a page from its newest activity to its oldest. Answers the newest time seen, and whether the watermark was passed. */
  async function walkPage(activities: readonly unknown[], page: string, walk: Walk, watermark: number | undefined) {
    let newest: number | undefined;
    let reachedWatermark = false;
    const wanted = new Map<string, Activity>();
    for (const [index, value] of activities.entries().toArray().reverse()) {
      try {
        const parsed = parseActivity(value, page);
        if (!parsed) continue;
        const activity = parsed.time !== undefined && parsed.time > now().getTime() + CLOCK_SKEW ? { ...parsed, time: undefined } : parsed;
        // Change Discovery 1.0, 3.5.1: strictly before, so that equal times are processed again.
        if (watermark !== undefined && activity.time !== undefined && activity.time < watermark) {
          reachedWatermark = true;
          break;
        }
        if (activity.time !== undefined) newest = Math.max(newest ?? activity.time, activity.time);
        const key = recordKey(walk.source, activity.object);
        if (!wanted.has(key)) wanted.set(key, activity);
      } catch (thrown) {
        // One bad activity is an outcome of its own; the page goes on.
        await outcome(`${walk.source}/activity/${sha256(`${page}#${index}`).slice(0, 10)}`, now(), failure(asProblem(thrown)));
      }
    }
    await eachBounded(wanted.values(), RECORDS_AT_ONCE, (activity) => harvest(activity, walk));
    return { newest, reachedWatermark };
  }

  return async (context: SourceContext): Promise<boolean> => {
    const document = await stores.sources.get(context.source);
    if (!document) return false;
    let run = await begin(context, document);
    if (!run) return false;
    const visited = new Set<string>();
    while (!context.signal.aborted) {
      if (visited.has(run.next) || run.pages >= MAX_PAGES)
        throw new Problem('stream-invalid', { detail: `${run.next} comes round again by its prev links` });
      visited.add(run.next);
      const page = streamPage(await read(run.next, context.signal), run.next);
      const { newest, reachedWatermark } = await walkPage(page.activities, run.next, { ...context, run: run.id }, document.watermark);
      const seen: number[] = [run.newest, newest].filter((time) => time !== undefined);
      const top = seen.length > 0 ? { newest: Math.max(...seen) } : {};
      if (reachedWatermark || page.prev === undefined) {
        const { head } = run;
        await save(context, ({ run: _ended, fault: _mended, ...current }) => ({
          ...current,
          ...(head === undefined ? {} : { head }),
          ...(top.newest === undefined ? {} : { watermark: Math.max(top.newest, current.watermark ?? top.newest) }),
        }));
        return true;
      }
      const ongoing: Run = { ...run, ...top, next: page.prev, pages: run.pages + 1 };
      await save(context, (current) => ({ ...current, run: ongoing }));
      run = ongoing;
    }
    return true;
  };
}
