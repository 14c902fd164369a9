import type { Log } from '@vitrine/platform/log.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { Wake } from '@vitrine/platform/wake.ts';
import type { Stores } from './stores.ts';

/** Sources that this replica looks at once at the same time. */
const AT_ONCE = 16;

type Deps = {
  stores: Pick<Stores, 'sources'>;
  now: () => Date;
  log: Log;
  /** Milliseconds between two looks for sources that are due. */
  tick: number;
  /** Rung where this process has made a source due. */
  wake: Wake;
  tend: (source: string, signal: AbortSignal) => Promise<void>;
};

/** Looks at each source when it is due, several beside each other, until the signal aborts. */
export function tendSources({ stores, now, log, tick, wake, tend }: Deps): (signal: AbortSignal) => Promise<void> {
  const busy = new Map<string, Promise<void>>();
  /** Due again while they are looked at. */
  const waiting = new Set<string>();
  return async (signal) => {
    while (!signal.aborted) {
      const { items } = await stores.sources.list({ where: { field: 'due', atMost: now().getTime() }, limit: 1000 });
      for (const { id } of items) {
        if (busy.has(id)) waiting.add(id);
        if (busy.has(id) || busy.size >= AT_ONCE) continue;
        const work = tend(id, signal)
          .catch((thrown: unknown) => {
            const problem = asProblem(thrown);
            if (!signal.aborted)
              log.error(
                { source: id, code: problem.code, detail: problem.detail, cause: problem.cause ?? problem },
                'a look at a source failed',
              );
          })
          .finally(() => {
            busy.delete(id);
            if (waiting.delete(id)) wake.ring();
          });
        busy.set(id, work);
      }
      await wake.rung(tick, signal);
    }
    await Promise.all(busy.values());
  };
}
