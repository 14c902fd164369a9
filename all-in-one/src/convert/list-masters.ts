import { readdir, stat } from 'node:fs/promises';
import { basename, join, parse, relative } from 'node:path';
import { Problem } from '@vitrine/platform/problem.ts';

/** A master, and where what is made of it goes: a path without an ending, below the folder for all. */
export type ListedMaster = { readonly path: string; readonly bytes: number; readonly modified: number; readonly place: string };

type Found = Omit<ListedMaster, 'place'> & { readonly named: string };

/**
 * The files that were named, and those in the folders that were named, in order. Hidden ones, and what conversions made, are left out; links are not followed.
 *
 * @param without a folder that is no master's
 * @throws Problem `configuration-invalid` where one is not there
 */
export async function listMasters(names: readonly string[], without: string): Promise<ListedMaster[]> {
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
  const entries = await readdir(folder, { withFileTypes: true });
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

/** Without its ending, but where two would then be one. */
function placed(found: readonly Found[]): ListedMaster[] {
  const bare = (named: string) => join(parse(named).dir, parse(named).name);
  const times = new Map<string, number>();
  for (const { named } of found) times.set(bare(named), (times.get(bare(named)) ?? 0) + 1);
  return found.map(({ named, ...master }) => ({ ...master, place: times.get(bare(named)) === 1 ? bare(named) : named }));
}
