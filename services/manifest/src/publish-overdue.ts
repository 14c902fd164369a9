import type { Log } from '@vitrine/platform/log.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { AssembleManifest } from './assemble-manifest.ts';
import type { Stores } from './stores.ts';

const TICK = 1000;

/** Publishes what has waited long enough for its images (DESIGN R10). The due time in the assembly is the stored intent. */
export async function publishOverdue(
  stores: Stores,
  assemble: AssembleManifest,
  deps: { now: () => Date; log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await sleep(TICK, signal);
    if (signal.aborted) return;
    const { items } = await stores.assemblies.list({ where: { field: 'due', atMost: deps.now().getTime() }, limit: 100 });
    for (const { id } of items) {
      const outcome = await assemble(id, {});
      deps.log.info({ entity: id, ...outcome }, 'published after the wait for its images');
    }
  }
}
