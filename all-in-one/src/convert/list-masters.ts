import { readdir, stat } from 'node:fs/promises';
import { basename, join, parse, relative } from 'node:path';
import { Problem } from '@vitrine/platform/problem.ts';

/** A master, and where what is made of it goes: a path without an ending, below the folder for all. */
export type ListedMaster = { readonly path: string; readonly bytes: number; readonly modified: number; readonly place: string };

type Found = Omit<ListedMaster, 'place'> & { readonly named: string };

/**
 * The files that were named, and those in the folders that were named, in order. Hidden ones are left out; links are not followed.
 *
 * @param without a folder that holds what was made, and no master
 * @throws Problem `configuration-invalid` where one is not there
 */
export async function listMasters(names: readonly string[], without: string): Promise<ListedMaster[]> {
  const same = names.find((name) => relative(name, without) === '');
  if (same !== undefined)
    throw new Problem('configuration-invalid', { detail: `${same} can’t be what is converted and where it goes: name another --out` });
  const found: Found[] = [];
  for (const name of names) {
    const facts = await stat(name).catch((cause: unknown) => {
      throw new Problem('configuration-invalid', { detail: `${name} is not there`, cause });
    });
    if (!facts.isDirectory()) found.push({ path: name, bytes: facts.size, modified: facts.mtimeMs, named: basename(name) });
    else for await (const path of filesBelow(name, without)) found.push({ ...(await factsOf(path)), named: relative(name, path) });
  }
  return placed(found);
}

async function* filesBelow(folder: string, without: string): AsyncGenerator<string> {
  if (relative(folder, without) === '') return;
  // What can't be read is told by what is missing from the list, not by its end.
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, without);
    else if (entry.isFile()) yield path;
  }
}

async function factsOf(path: string) {
  // It may be gone by now: then its conversion says so.
  const facts = await stat(path).catch(() => undefined);
  return { path, bytes: facts?.size ?? 0, modified: facts?.mtimeMs ?? 0 };
}

/** Without its ending, with it where two would then be one, and with a number where they still would. */
function placed(found: readonly Found[]): ListedMaster[] {
  const bare = (named: string) => join(parse(named).dir, parse(named).name);
  // A name like that of a page, or of what lies beside a derivative, is kept whole.
  const ofPage = (named: string) => /\.(p\d+|report|\d+)$/.test(bare(named));
  const times = new Map<string, number>();
  for (const { named } of found) for (const name of new Set([bare(named), named])) times.set(name, (times.get(name) ?? 0) + 1);
  const taken = new Set<string>();
  return found.map(({ named, ...master }) => {
    const wanted = times.get(bare(named)) === 1 && !ofPage(named) ? bare(named) : named;
    let place = wanted;
    for (let n = 2; taken.has(place); n++) place = `${wanted}-${n}`;
    taken.add(place);
    return { ...master, place };
  });
}
