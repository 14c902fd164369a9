import { backoff } from '@vitrine/platform/backoff.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import type { Intents } from '@vitrine/platform/intents.ts';
import { asProblem, type Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { AnnounceObject } from './announce-object.ts';
import type { Activity } from './domain/activity.ts';
import { judgeActivity } from './domain/judge-activity.ts';
import type { FetchDocument } from './fetch-document.ts';
import { includeRecord } from './include-record.ts';
import { objectWriter } from './object-writer.ts';
import { type RecordDocument, recordKey, type Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';

const TRIES = 3;
const FIRST_WAIT = 200;

type HarvestDeps = Pick<ServiceDeps, 'blobs' | 'now' | 'log'> & {
  stores: Stores;
  fetch: FetchDocument;
  intents: Intents;
  announce: AnnounceObject;
  outcome: RecordOutcome;
  /** Stores the activity, to be carried out again when the source has had time. */
  postpone: (activity: Activity, source: string, fault: Problem) => Promise<void>;
};

export type HarvestRecord = (activity: Activity, walk: Walk) => Promise<void>;

/** Carries out one activity. Bad data end as an outcome, a source that failed as a stored retry; the walk goes on. */
export function harvestRecord(deps: HarvestDeps): HarvestRecord {
  const { stores, now } = deps;
  const writer = objectWriter(stores, deps.intents, deps.announce);
  const include = includeRecord({ ...deps, writer });

  return async (activity, walk) => {
    const key = recordKey(walk.source, activity.object);
    const known = await stores.records.get(key);
    if (judgeActivity(activity, known, walk.run) !== 'apply') return;
    const started = now();
    const cause: Cause = {
      traceparent: newTraceparent(),
      ...(activity.time === undefined ? {} : { time: new Date(activity.time).toISOString() }),
    };
    // One name for the record's outcomes, also before its object has an identifier: a failure is gone when the same entity ends well.
    const entity = activity.object;
    const result: Partial<RecordDocument> = {};
    let postponed: Problem | undefined;
    try {
      if (activity.kind === 'remove') {
        if (known?.object !== undefined) await writer.withdraw(known.object, activity, walk, cause, activity.type);
        Object.assign(result, { state: 'gone' });
        await deps.outcome(entity, started, { code: 'withdrawn' }, cause);
      } else {
        const { outcome, record, faults, texts } = await patiently(walk.signal, () => include(activity, known, walk, cause));
        Object.assign(result, record);
        await deps.outcome(entity, started, outcome, cause);
        for (const fault of faults) await deps.outcome(`${entity}#text`, started, failure(fault), cause);
        if (texts && faults.length === 0) await deps.outcome(`${entity}#text`, started, { code: 'done' }, cause);
        postponed = faults.find((fault) => fault.fault === 'source');
      }
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (walk.signal.aborted || problem.fault === 'infrastructure') throw thrown;
      await deps.outcome(entity, started, failure(problem), cause);
      Object.assign(result, { state: 'failed' });
      if (problem.fault === 'source') postponed = problem;
    }
    demandLease(walk);
    // Before the record counts as done in this run: a crash in between repeats it, and loses nothing.
    if (postponed) await deps.postpone(activity, walk.source, postponed);
    await stores.records.update(key, (current) => ({
      source: walk.source,
      address: activity.object,
      run: walk.run,
      type: activity.type,
      state: 'present',
      ...(current?.object === undefined ? {} : { object: current.object }),
      ...(activity.time === undefined ? {} : { time: activity.time }),
      ...result,
    }));
  };
}

/** Three tries for what nobody expected (R7); after that it is one record's failure, and the walk goes on. */
async function patiently<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      if (signal.aborted || asProblem(thrown).fault !== 'unexpected' || attempt === TRIES) throw thrown;
      await sleep(backoff(attempt, FIRST_WAIT, FIRST_WAIT * TRIES), signal);
    }
  }
}
