import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { deriveAgain } from '../derive-again.ts';
import type { DeriveObject } from '../derive-object.ts';
import type { RecordDocument, Stores } from '../stores.ts';
import { demandLease, type Walk } from '../walk.ts';

type Deps = { stores: Stores; derive: DeriveObject; outcome: RecordOutcome; now: () => Date };

/**
 * Derives objects again whose images came, changed or went in another source. Where images of this source's objects are looked for in another way than before, its objects are all gone
 * over, so that their keys are known.
 *
 * @param mark what tells that way from others
 */
export async function reattach(walk: Walk, mark: string, { stores, derive, outcome, now }: Deps): Promise<void> {
  const { source, signal } = walk;
  const mine = { prefix: `${source}:` };

  async function again(record: RecordDocument): Promise<void> {
    if (record.object === undefined || record.state !== 'present') return;
    const current = await stores.objects.get(record.object);
    if (current?.state !== 'present') return;
    const cause = { traceparent: newTraceparent() };
    try {
      await deriveAgain(record, current, walk, cause, derive);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (signal.aborted || problem.fault === 'infrastructure' || problem.code === 'conflict') throw thrown;
      await outcome(record.address, now(), failure(problem), cause);
    }
  }

  const document = await stores.sources.get(source);
  if (document && (document.keyed ?? '') !== mark) {
    for await (const { value } of stores.records.all(mine)) {
      signal.throwIfAborted();
      await again(value);
    }
    await stores.sources.update(source, (current) => {
      demandLease(walk);
      return current && { ...current, keyed: mark };
    });
  }
  for await (const { id, version, value } of stores.touched.all(mine)) {
    signal.throwIfAborted();
    const record = await stores.records.get(value.record);
    if (record) await again(record);
    demandLease(walk);
    // Touched again meanwhile, it stays, and is derived again.
    await stores.touched.removeExactly(id, version);
  }
}
