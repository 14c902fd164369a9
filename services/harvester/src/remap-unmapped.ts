import { MAPPINGS } from '@vitrine/mapping/mappings.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { deriveAgain } from './derive-again.ts';
import type { DeriveObject } from './derive-object.ts';
import { holds, type RecordDocument, type Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';

type Deps = { stores: Stores; derive: DeriveObject; outcome: RecordOutcome; now: () => Date };

/** After a release that reads more than the former, the raw copies of a source that nothing came of are tried again: the museum is not asked. */
export async function remapUnmapped(walk: Walk, { stores, derive, outcome, now }: Deps): Promise<void> {
  const { source, signal } = walk;
  const document = await stores.sources.get(source);
  if (!document || document.mappedBy === MAPPINGS) return;

  async function again(id: string, record: RecordDocument): Promise<void> {
    const started = now();
    const cause = { traceparent: newTraceparent() };
    try {
      const derived = await deriveAgain(record, undefined, walk, cause, derive);
      if (!derived) return;
      demandLease(walk);
      await stores.records.update(id, (current) => current && { ...current, ...derived.record });
      await outcome(record.address, started, derived.outcome, cause);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (signal.aborted || problem.fault === 'infrastructure' || problem.code === 'conflict') throw thrown;
      await outcome(record.address, started, failure(problem), cause);
    }
  }

  for await (const { id, value } of stores.records.all({ prefix: `${source}:` })) {
    signal.throwIfAborted();
    if (!holds(value) && value.state === 'present') await again(id, value);
  }
  await stores.sources.update(source, (current) => {
    demandLease(walk);
    return current && { ...current, mappedBy: MAPPINGS };
  });
}
