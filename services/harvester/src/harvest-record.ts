import { backoff } from '@vitrine/platform/backoff.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { asProblem, type Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { Due } from './carry-out-work.ts';
import { judgeActivity } from './domain/judge-activity.ts';
import type { RecordParts } from './gather-parts.ts';
import type { Included, IncludeRecord, Wanted } from './include-record.ts';
import type { PendingRecords } from './pending-records.ts';
import { holds, type RecordDocument, recordKey, type Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';
import type { Withdrawals } from './withdrawals.ts';

const TRIES = 3;
const FIRST_WAIT = 200;

type HarvestDeps = Pick<ServiceDeps, 'now'> & {
  stores: Stores;
  include: IncludeRecord;
  withdrawals: Withdrawals;
  pending: PendingRecords;
  parts: RecordParts;
  outcome: RecordOutcome;
};

/** What came of an activity, for the report; and whether its host failed. */
type Harvested = { readonly code: string; readonly fault?: Problem };

export type HarvestRecord = (due: Due, walk: Walk) => Promise<Harvested>;

/** Carries out one activity. Bad data end as an outcome, a source that failed as a stored retry; the run goes on. */
export function harvestRecord({ stores, include, withdrawals, pending, parts, outcome, now }: HarvestDeps): HarvestRecord {
  const { records } = stores;

  /** What is known of a record after an activity was carried out. */
  async function note(
    key: string,
    address: string,
    { type, time }: Pick<Wanted, 'type' | 'time'>,
    walk: Walk,
    result: Partial<RecordDocument>,
  ) {
    demandLease(walk);
    await records.update(key, (current) => {
      const { missingSince: _, missed: __, ...known } = current ?? {};
      return {
        state: 'present',
        ...known,
        source: walk.source,
        address,
        run: walk.run,
        ...(walk.listed === undefined ? {} : { listed: walk.listed }),
        type,
        ...(time === undefined ? {} : { time }),
        ...result,
      };
    });
  }

  async function remove(due: Due['activity'], known: RecordDocument | undefined, walk: Walk, cause: Cause): Promise<Harvested> {
    const { object, type } = due;
    const key = recordKey(walk.source, object);
    if (walk.settings.deletions === 'ignore') {
      await note(key, object, due, walk, {});
      return { code: 'deletion-ignored' };
    }
    const isHere = known !== undefined && holds(known);
    if (isHere) await withdrawals.add(key, due, walk, type);
    else await outcome(object, now(), { code: 'withdrawn' }, cause);
    await pending.forget(key);
    await note(key, object, due, walk, { state: 'gone' });
    return { code: isHere ? 'to-withdraw' : 'not-here' };
  }

  /** A record may be a part of others (R3): they are other ones when it changes. */
  async function readOwnersAgain(address: string, walk: Walk): Promise<void> {
    for (const key of await parts.ownersOf(address, walk)) {
      const owner = await records.get(key);
      if (owner?.state === 'present' && owner.parts) await pending.again(key, owner, walk.source);
    }
  }

  async function read(wanted: Wanted, known: RecordDocument | undefined, walk: Walk, cause: Cause): Promise<Harvested> {
    const { object: entity } = wanted;
    const key = recordKey(walk.source, entity);
    const started = now();
    let result: Included | undefined;
    let problem: Problem | undefined;
    let told: Promise<unknown> | undefined;
    try {
      result = await patiently(walk.signal, () => include(wanted, known, walk, cause));
      problem = result.faults.find(({ fault }) => fault === 'source');
      // Not before what becomes of it is stored: a crash in between repeats it.
      if (result.withdraw !== undefined) await withdrawals.add(key, wanted, walk, result.withdraw);
      const { texts, faults } = result;
      for (const fault of texts ? faults : []) await outcome(`${entity}#text`, started, failure(fault), cause);
      // Who ended well may be told beside the last write: what is lost by a crash there is no failure.
      told = Promise.all([
        outcome(entity, started, result.outcome, cause),
        texts && faults.length === 0 ? outcome(`${entity}#text`, started, { code: 'done' }, cause) : undefined,
      ]);
      if (result.outcome.failed) await told;
    } catch (thrown) {
      problem = asProblem(thrown);
      if (walk.signal.aborted || problem.fault === 'infrastructure') throw thrown;
      const expected = problem.code === 'source-refused' && walk.settings.refused === 'ignore';
      await outcome(entity, started, expected ? { code: 'restricted' } : failure(problem), cause);
      if (expected) problem = undefined;
    }
    demandLease(walk);
    // Before the record counts as done in this run: a crash in between repeats it, and loses nothing.
    if (problem && mayHeal(problem)) {
      const last = await pending.postpone(wanted, walk, problem);
      if (last !== undefined) await outcome(entity, started, { code: 'given-up', detail: last, failed: true }, cause);
    } else await pending.forget(key);
    await Promise.all([told, note(key, entity, wanted, walk, result?.record ?? { state: 'failed' })]);
    return { code: result?.outcome.code ?? problem?.code ?? 'restricted', ...(problem?.fault === 'source' ? { fault: problem } : {}) };
  }

  /** The object goes on under the same identifier at its new address, unless there is another object by now. */
  async function move(due: Extract<Due['activity'], { kind: 'move' }>, known: RecordDocument | undefined, walk: Walk, cause: Cause) {
    const { target, type, time } = due;
    const [from, to] = [recordKey(walk.source, due.object), recordKey(walk.source, target.object)];
    const there = await records.get(to);
    if (known?.attached !== undefined) await withdrawals.add(from, due, walk, `moved to ${target.object}`);
    if (known?.object !== undefined && there?.object === undefined) {
      const { object } = known;
      await records.update(to, (current) => ({
        ...(current ?? { source: walk.source, address: target.object, run: '', type, state: 'failed' as const }),
        object: current?.object ?? object,
      }));
      demandLease(walk);
      await records.update(from, (current) => {
        if (!current) return undefined;
        const { object: _, etag: __, lastModified: ___, ...rest } = current;
        return { ...rest, run: walk.run, type, state: 'moved' as const, ...(time === undefined ? {} : { time }) };
      });
    } else if (known?.object !== undefined && known.object !== there?.object) {
      await withdrawals.add(from, due, walk, `moved to ${target.object}`);
      await note(from, due.object, due, walk, { state: 'moved' });
    } else await note(from, due.object, due, walk, { state: 'moved' });
    await pending.forget(from);
    const after = await records.get(to);
    if (judgeActivity(due, after?.run === '' ? undefined : after, walk.run) !== 'apply') return { code: 'moved' };
    const { code, ...rest } = await read({ type, time, ...target }, after, walk, cause);
    return { code: code === 'unchanged' || code === 'updated' ? 'moved' : code, ...rest };
  }

  return async ({ activity, watermark }, walk) => {
    const key = recordKey(walk.source, activity.object);
    const known = await records.get(key);
    const judged = judgeActivity(activity, known, walk.run, watermark);
    if (judged !== 'apply') {
      const { listed } = walk;
      if (listed !== undefined && known?.listed !== listed)
        await records.update(key, (current) => current && (({ missed: _, ...rest }) => ({ ...rest, listed }))(current));
      return { code: judged };
    }
    const cause: Cause = {
      traceparent: newTraceparent(),
      ...(activity.time === undefined ? {} : { time: new Date(activity.time).toISOString() }),
    };
    // Before the activity counts as carried out: a crash in between repeats it.
    await readOwnersAgain(activity.object, walk);
    if (activity.kind === 'remove') return remove(activity, known, walk, cause);
    if (activity.kind === 'move') return move(activity, known, walk, cause);
    return read(activity, known, walk, cause);
  };
}

/** Of what a host answers with all is well some is not meant so: a page that says to log in, half a document, a redirect into its own network. */
const UNMEANT: ReadonlySet<string> = new Set(['record-not-json', 'source-too-large', 'outbound-refused']);

const mayHeal = ({ fault, code }: Problem): boolean => fault === 'source' || UNMEANT.has(code);

/** Three tries for what nobody expected (R7); after that it is one record's failure, and the run goes on. */
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
