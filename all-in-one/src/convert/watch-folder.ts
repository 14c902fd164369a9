import { asProblem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { type ConvertOptions, convertListed, poolOf } from './convert-files.ts';
import { type ListedMaster, listMasters } from './list-masters.ts';
import { prepareFolder } from './prepare-folder.ts';

/**
 * Converts what a folder has and what comes into it, until the signal aborts. It is looked through again and again, for shared folders tell of no change;
 * a file is taken when it was the same at two looks.
 *
 * @param every milliseconds between two looks
 */
export async function watchFolder(options: ConvertOptions, every: number): Promise<void> {
  const { names, out, say, signal } = options;
  await prepareFolder(out);
  const pool = poolOf(options);
  /** Size and time of each file at the last look, and of what was tried. */
  let before = new Map<string, string>();
  const tried = new Map<string, string>();
  let looked = false;

  /** A shared folder may be away for a while; one that was never there is a mistake. */
  async function look(): Promise<ListedMaster[] | undefined> {
    try {
      const masters = await listMasters(names, out);
      looked = true;
      return masters;
    } catch (thrown) {
      if (!looked) throw thrown;
      say.line('away', asProblem(thrown).detail ?? 'the folder can’t be read', {});
      return undefined;
    }
  }

  say.line('watching', `watching ${names.join(', ')}`, { folders: names });
  try {
    while (!signal.aborted) {
      const masters = await look();
      if (!masters) {
        await sleep(every, signal);
        continue;
      }
      const now = new Map(masters.map((master) => [master.path, mark(master)]));
      const due = masters.filter(({ path }) => before.get(path) === now.get(path) && tried.get(path) !== now.get(path));
      if (due.length > 0) await convertListed(due, pool, { ...options, resume: true });
      for (const master of due) tried.set(master.path, mark(master));
      before = now;
      await sleep(every, signal);
    }
  } finally {
    pool.close();
  }
}

const mark = ({ bytes, modified }: ListedMaster): string => `${bytes} ${modified}`;
