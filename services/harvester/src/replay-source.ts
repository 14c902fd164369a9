import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { AnnounceObject } from './announce-object.ts';
import { deriveAgain, rawCopyOf } from './derive-again.ts';
import type { Derivations } from './derive-object.ts';
import { foldedAddress } from './domain/source-address.ts';
import type { SourceContext } from './harvest-source.ts';
import { RunReport } from './run-report.ts';
import type { RecordDocument, RunDocument, Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';
import type { Withdrawals } from './withdrawals.ts';

/** Records between two writings of how far it is. */
const PAGE = 200;
const AT_ONCE = 16;

type Deps = {
  stores: Stores;
  derivations: Derivations;
  withdrawals: Withdrawals;
  announce: AnnounceObject;
  outcome: RecordOutcome;
  now: () => Date;
};

type Wanted = NonNullable<RunDocument['replay']>;

/** Derives the objects of a source again from our raw copies, or only says what would come of it. Nothing is asked of the source; after a crash it goes on. */
export async function replaySource(context: SourceContext, run: string, deps: Deps): Promise<void> {
  const { stores, now } = deps;
  const known = await stores.runs.get(run);
  if (!known?.replay) return forget(context, run, stores);
  const report = new RunReport(run, known, stores);
  const walk: Walk = { ...context, run, listed: undefined };
  let wanted = known.replay;
  for (;;) {
    const { after } = wanted;
    const { items, next } = await stores.records.list({
      prefix: `${context.source}:`,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    await eachBounded(items, AT_ONCE, async ({ id, value }) => {
      context.signal.throwIfAborted();
      const code = isWanted(value, wanted) ? await replay(id, value, walk, wanted.dryRun, deps) : undefined;
      if (code !== undefined) report.countOutcome(code);
    });
    if (next === undefined) break;
    wanted = { ...wanted, after: next };
    report.change({ replay: wanted });
    await report.save(() => demandLease(context));
  }
  report.change({ state: 'done', endedAt: now().getTime() });
  await report.save(() => demandLease(context));
  await forget(context, run, stores);
}

async function forget(context: SourceContext, run: string, { sources }: Stores): Promise<void> {
  await sources.update(context.source, (current) => {
    demandLease(context);
    return current && { ...current, replays: (current.replays ?? []).filter((other) => other !== run) };
  });
}

function isWanted({ address, object, time, state }: RecordDocument, { since, ids }: Wanted): boolean {
  if (state === 'gone' || state === 'moved') return false;
  if (since !== undefined && time !== undefined && time < since) return false;
  return ids === undefined || ids.some((id) => id === object || foldedAddress(id) === foldedAddress(address));
}

async function replay(
  key: string,
  known: RecordDocument,
  walk: Walk,
  dryRun: boolean,
  { stores, derivations: { derive, foresee }, withdrawals, announce, outcome, now }: Deps,
): Promise<string> {
  const started = now();
  const current = known.object === undefined ? undefined : await stores.objects.get(known.object);
  const raw = rawCopyOf(known, current);
  if (!raw) return 'no-copy';
  const cause = { traceparent: newTraceparent(), ...(known.time === undefined ? {} : { time: new Date(known.time).toISOString() }) };
  try {
    if (dryRun) return await foresee(raw, known, current);
    const derived = await deriveAgain(known, current, walk, cause, derive);
    if (!derived) return 'no-copy';
    if (derived.withdraw !== undefined) await withdrawals.add(key, { type: known.type, time: known.time }, walk, derived.withdraw);
    // Who derives from it derives again too, also where nothing changed.
    if (derived.record.object !== undefined) await announce(derived.record.object, { ...cause, replay: walk.run });
    await outcome(known.address, started, derived.outcome, cause);
    // What is to go belongs to this run: who meets it again in a later one keeps it.
    const run = derived.withdraw === undefined ? {} : { run: walk.run };
    await stores.records.update(key, (record) => record && { ...record, ...derived.record, ...run });
    return derived.outcome.code;
  } catch (thrown) {
    const problem = asProblem(thrown);
    if (walk.signal.aborted || problem.fault === 'infrastructure') throw thrown;
    if (!dryRun) await outcome(known.address, started, failure(problem), cause);
    return problem.code;
  }
}
