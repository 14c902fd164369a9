import Type, { type Static } from 'typebox';
import type { Collection } from '../documents/collection.ts';
import type { Log } from '../log.ts';
import { asProblem } from '../problem.ts';
import { sleep } from '../sleep.ts';
import type { Blobs } from './port.ts';

const DAY = 24 * 60 * 60 * 1000;
/** After a start, in milliseconds. */
const FIRST = 60 * 60 * 1000;

/** A blob that nothing points to any more, by its key. */
export const UnusedBlob = Type.Object({ since: Type.Number({ description: 'Milliseconds since 1970' }) });

export type SweepOptions = {
  readonly blobs: Blobs;
  readonly unused: Collection<Static<typeof UnusedBlob>>;
  /** Keys that begin so are looked at. */
  readonly prefixes: readonly string[];
  /** What is pointed to just now. */
  readonly used: () => Promise<ReadonlySet<string>>;
  /** Takes what is to be deleted out of what is offered, before it is looked at once more whether it is used. */
  readonly withdraw?: (due: ReadonlySet<string>) => Promise<void>;
  readonly now: () => Date;
  readonly days: number;
};

/** `unused`: blobs that nothing points to; `deleted`: those of them to which nothing pointed for so many days. */
export type Swept = { readonly blobs: number; readonly unused: number; readonly deleted: number };

/**
 * Marks what nothing points to, and deletes what nothing pointed to for some days. Several may run at once. Who wants a blob again takes its mark away before looking
 * for it, so that it is left.
 */
export async function sweepUnused({ blobs, unused, prefixes, used, withdraw, now, days }: SweepOptions): Promise<Swept> {
  const time = now().getTime();
  const pointedTo = await used();
  const due = new Set<string>();
  let [count, marked, deleted] = [0, 0, 0];
  for (const prefix of prefixes)
    for await (const key of blobs.list(prefix)) {
      count++;
      if (pointedTo.has(key)) {
        if (await unused.get(key)) await unused.remove(key);
        continue;
      }
      marked++;
      const mark = await unused.update(key, (current) => (current ? undefined : { since: time }));
      if (mark && time - mark.since >= days * DAY) due.add(key);
    }
  if (due.size === 0) return { blobs: count, unused: marked, deleted };
  await withdraw?.(due);
  const again = await used();
  for (const key of due) {
    if (again.has(key) || !(await unused.get(key))) continue;
    await blobs.delete(key);
    await unused.remove(key);
    deleted++;
  }
  return { blobs: count, unused: marked, deleted };
}

/** Sweeps once a day. */
export const sweepDaily =
  (options: SweepOptions, log: Log) =>
  async (signal: AbortSignal): Promise<void> => {
    for (let wait = FIRST; ; wait = DAY) {
      await sleep(wait, signal);
      if (signal.aborted) return;
      try {
        const swept = await sweepUnused(options);
        if (swept.deleted > 0) log.info(swept, 'what nothing points to any more was deleted');
      } catch (thrown) {
        const { code, detail } = asProblem(thrown);
        log.warn({ code, detail }, 'the sweep ended early; it is made again tomorrow');
      }
    }
  };
