import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import type { Activity } from './domain/stream/activity.ts';
import type { RunReport } from './run-report.ts';
import { recordKey, type StoredActivity, type Stores } from './stores.ts';

/** What is carried out: an activity, and what was done before the walk that met it. */
export type Due = { readonly activity: DueActivity; readonly watermark: number | undefined };

type DueActivity =
  | Extract<Activity, { kind: 'move' }>
  | (Omit<Extract<Activity, { kind: 'include' | 'remove' }>, 'copy'> & {
      /** Our copy of the record, where it came with its page. */
      readonly copy?: BlobRef;
    });

type CarryOutDeps = {
  stores: Pick<Stores, 'work'>;
  source: string;
  report: RunReport;
  /** Activities under way at once. */
  atOnce: number;
  /** Carries out one; it throws only where the whole run must end. */
  carryOut: (due: Due) => Promise<void>;
  /** Whether more may still be stored. */
  walking: () => boolean;
  /** Resolves when work was stored, or the walk has ended, or after a while. */
  more: () => Promise<void>;
  demand: () => void;
  signal: AbortSignal;
};

/** Pages taken from the store at once. */
const PAGES = 8;

/**
 * Carries out the stored work of a run while its walk goes on: page by page in the order of their ids, several records at once, of which no two are the same. A
 * page is taken away when all of it is done; after a crash it is gone over again, and what was done is known by the records.
 */
export async function carryOutWork(deps: CarryOutDeps): Promise<void> {
  const { stores, source, report, atOnce, carryOut, demand, signal } = deps;
  const prefix = `${report.id}:`;
  /** Records that are being worked on: an older activity of the same is superseded by it. */
  const busy = new Set<string>();
  const running = new Set<Promise<void>>();
  const failed: unknown[] = [];
  let after: string | undefined;

  function begin(due: Due): Promise<void> {
    const key = recordKey(source, due.activity.object);
    if (busy.has(key)) return Promise.resolve();
    busy.add(key);
    const work = carryOut(due)
      .catch((thrown: unknown) => void failed.push(thrown))
      .finally(() => {
        busy.delete(key);
        running.delete(work);
      });
    running.add(work);
    return work;
  }

  for (;;) {
    const walking = deps.walking();
    const kind = walking ? `${prefix}b` : prefix;
    const { items } = await stores.work.list({ prefix: kind, limit: PAGES, ...(after === undefined ? {} : { after }) });
    for (const { id, value } of items) {
      after = id;
      const page: Promise<void>[] = [];
      for (const stored of value.activities) {
        while (running.size >= atOnce && failed.length === 0) await Promise.race(running);
        if (failed.length > 0 || signal.aborted) break;
        page.push(begin({ activity: dueActivity(stored), watermark: value.watermark }));
      }
      if (failed.length > 0 || signal.aborted) break;
      const whole = Promise.all(page)
        .then(async () => {
          if (failed.length > 0 || signal.aborted) return;
          demand();
          await stores.work.remove(id);
        })
        .catch((thrown: unknown) => void failed.push(thrown))
        .finally(() => running.delete(whole));
      running.add(whole);
    }
    if (failed.length > 0 || signal.aborted) break;
    if (items.length > 0) continue;
    if (!walking) break;
    await deps.more();
  }
  await Promise.allSettled(running);
  if (failed.length > 0 && !signal.aborted) throw failed[0];
}

function dueActivity({ kind, target, time, copy, ...rest }: StoredActivity): Due['activity'] {
  if (kind === 'move' && target) return { ...rest, time, kind, target };
  return { ...rest, time, kind: kind === 'remove' ? 'remove' : 'include', ...(copy ? { copy } : {}) };
}
