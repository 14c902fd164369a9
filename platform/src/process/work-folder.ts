import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Older than any work under way: a replica's folder changes with each master that it takes in. */
const LEFT_BEHIND = 7 * 24 * 60 * 60 * 1000;

/**
 * An empty folder for files in transit. `replica` where several processes may share `folder`: each has one of its own then, and what replicas
 * left that came back under another name, as containers do, is swept after a week.
 */
export async function emptyWorkFolder(folder: string, replica: string | undefined, now: number): Promise<string> {
  const all = join(folder, 'work');
  const own = replica === undefined ? all : join(all, replica.replace(/[^A-Za-z0-9.-]/g, '-'));
  await rm(own, { recursive: true, force: true });
  await mkdir(own, { recursive: true });
  if (replica === undefined) return own;
  for (const name of await readdir(all)) {
    const other = join(all, name);
    const changed = await stat(other).catch(() => undefined);
    if (changed && now - changed.mtimeMs > LEFT_BEHIND) await rm(other, { recursive: true, force: true });
  }
  return own;
}
