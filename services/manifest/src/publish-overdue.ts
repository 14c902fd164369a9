import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { AssembleManifest } from './assemble-manifest.ts';
import type { Stores } from './stores.ts';

/** Waits are of minutes: how often it is looked for those that are over. */
const TICK = 3000;

type Deps = { now: () => Date; outcome: RecordOutcome };

/** Publishes what has waited long enough for its images (R10). The due time in the assembly is the stored intent. */
export async function publishOverdue(
  stores: Stores,
  assemble: AssembleManifest,
  { now, outcome }: Deps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(TICK, signal);
    if (signal.aborted) return;
    const { items } = await stores.assemblies.list({ where: { field: 'due', atMost: now().getTime() }, limit: 100 });
    for (const { id } of items) {
      const started = now();
      try {
        await outcome(id, started, await assemble(id, {}));
      } catch (thrown) {
        const problem = asProblem(thrown);
        // One object that can't be published holds up no other.
        if (problem.fault === 'infrastructure') throw thrown;
        await outcome(id, started, failure(problem));
      }
    }
  }
}
