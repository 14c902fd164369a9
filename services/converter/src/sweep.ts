import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Log } from '@vitrine/platform/log.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { blobsOf } from './derive-image.ts';
import type { Stores } from './stores.ts';

const DAY = 24 * 60 * 60 * 1000;
/** After a start, and between two sweeps, in milliseconds. */
const FIRST = 60 * 60 * 1000;
const KINDS = ['derivatives', 'tile-tables', 'thumbnails', 'reports'] as const;

type SweepDeps = { stores: Stores; blobs: Blobs; now: () => Date; days: number };

/** `unused`: blobs that no image has; `deleted`: those of them that nobody had for so many days. */
export type Swept = { readonly blobs: number; readonly unused: number; readonly deleted: number };

/**
 * Marks what images have and sweeps what none had for some days: derivatives, tile tables, thumbnails and reports that were superseded, and those of
 * withdrawn images. Several may run at once.
 *
 * @param options.dryRun only counts what would be deleted
 */
export async function sweep({ stores, blobs, now, days }: SweepDeps, { dryRun }: { dryRun: boolean }): Promise<Swept> {
  const time = now().getTime();
  const used = await marked(stores);
  const due: string[] = [];
  let [count, unused] = [0, 0];
  for (const kind of KINDS)
    for await (const key of blobs.list(`converter/${kind}/`)) {
      count++;
      if (used.has(key)) {
        if (await stores.unused.get(key)) await stores.unused.remove(key);
        continue;
      }
      unused++;
      const since = dryRun
        ? (await stores.unused.get(key))?.since
        : (await stores.unused.update(key, (current) => (current ? undefined : { since: time })))?.since;
      if (since !== undefined && time - since >= days * DAY) due.push(key);
    }
  if (dryRun || due.length === 0) return { blobs: count, unused, deleted: due.length };
  return { blobs: count, unused, deleted: await remove(stores, blobs, new Set(due), time) };
}

/** First what is shared is no longer offered, then images are looked at again: who took it up in between has it now. */
async function remove(stores: Stores, blobs: Blobs, due: ReadonlySet<string>, time: number): Promise<number> {
  for await (const { id, value } of stores.derivatives.all()) {
    const { derivative, making } = value;
    const abandoned = !derivative && (making?.until ?? 0) < time;
    if (abandoned || (derivative && blobsOf(derivative).some((key) => due.has(key)))) await stores.derivatives.remove(id);
  }
  const used = await marked(stores);
  let deleted = 0;
  for (const key of due) {
    // Who wants it again has taken its mark away.
    if (used.has(key) || !(await stores.unused.get(key))) continue;
    await blobs.delete(key);
    await stores.unused.remove(key);
    deleted++;
  }
  return deleted;
}

async function marked({ images }: Stores): Promise<ReadonlySet<string>> {
  const used = new Set<string>();
  // A withdrawn image may come back: while its derivative is there nothing must be made anew, but it does not hold it.
  for await (const { value } of images.all())
    if (value.derivative && value.state === 'converted') for (const key of blobsOf(value.derivative)) used.add(key);
  return used;
}

/** Sweeps once a day. */
export const sweepTask =
  (deps: SweepDeps & { log: Log }) =>
  async (signal: AbortSignal): Promise<void> => {
    for (let wait = FIRST; ; wait = DAY) {
      await sleep(wait, signal);
      if (signal.aborted) return;
      try {
        const swept = await sweep(deps, { dryRun: false });
        if (swept.deleted > 0) deps.log.info(swept, 'what no image has any more was deleted');
      } catch (thrown) {
        const { code, detail } = asProblem(thrown);
        deps.log.warn({ code, detail }, 'the sweep ended early; it is made again tomorrow');
      }
    }
  };
