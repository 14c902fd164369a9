import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of files that are being written. */
export const WRITING = '.writing';
const OLD = 60 * 60 * 1000;
const OURS = /^\.[0-9a-f-]{36}\.writing/;

/** Makes the folder for what is made, and removes what a run that was killed left unfinished in it. */
export async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !OURS.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const facts = await stat(path).catch(() => undefined);
    // Another run may be writing beside this one.
    if (facts && Date.now() - facts.mtimeMs > OLD) await rm(path, { force: true });
  }
}
