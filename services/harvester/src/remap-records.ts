import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { deriveAgain } from './derive-again.ts';
import type { DeriveObject } from './derive-object.ts';
import { mappingsOf, ownPart } from './mappings-of.ts';
import { holds, type RecordDocument, type Stores } from './stores.ts';
import { demandLease, type Walk } from './walk.ts';
import type { Withdrawals } from './withdrawals.ts';

/** Records of a page, and those of them that are mapped at once. */
const PAGE = 200;
const AT_ONCE = 16;

type Deps = { stores: Stores; withdrawals: Withdrawals; derive: DeriveObject; outcome: RecordOutcome; now: () => Date };

/**
 * After a release that reads more than the former, the raw copies of a source that nothing came of are tried again, and all of them where the source's own mapping is another: the museum is not asked.
 */
export async function remapRecords(walk: Walk, { stores, withdrawals, derive, outcome, now }: Deps): Promise<void> {
  const { source, signal } = walk;
  const document = await stores.sources.get(source);
  if (!document) return;
  const mappedBy = mappingsOf(document.definition);
  if (document.mappedBy === mappedBy) return;
  const isOwnOther = ownPart(document.mappedBy) !== ownPart(mappedBy);

  async function again(id: string, record: RecordDocument): Promise<void> {
    const started = now();
    const cause = { traceparent: newTraceparent() };
    try {
      const current = record.object === undefined ? undefined : await stores.objects.get(record.object);
      const derived = await deriveAgain(record, current, walk, cause, derive);
      if (!derived) return;
      demandLease(walk);
      if (derived.withdraw !== undefined) await withdrawals.add(id, { type: record.type, time: record.time }, walk, derived.withdraw);
      // What is to go belongs to this run: who meets it again in a later one keeps it.
      const run = derived.withdraw === undefined ? {} : { run: walk.run };
      await stores.records.update(id, (current) => current && { ...current, ...derived.record, ...run });
      await outcome(record.address, started, derived.outcome, cause);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (signal.aborted || problem.fault === 'infrastructure' || problem.code === 'conflict') throw thrown;
      await outcome(record.address, started, failure(problem), cause);
    }
  }

  for (let after: string | undefined; ; ) {
    const { items, next } = await stores.records.list({ prefix: `${source}:`, limit: PAGE, ...(after === undefined ? {} : { after }) });
    await eachBounded(items, AT_ONCE, async ({ id, value }) => {
      signal.throwIfAborted();
      if (isOwnOther ? value.state === 'present' || value.state === 'failed' : value.state === 'present' && !holds(value))
        await again(id, value);
    });
    if (next === undefined) break;
    after = next;
  }
  await stores.sources.update(source, (current) => {
    demandLease(walk);
    return current && { ...current, mappedBy };
  });
}
