import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';

/** Threads of Linux; elsewhere there is no such folder, and all are equal. */
const TASKS = '/proc/self/task';
const POOL = 'libuv-worker';
/** Four fifths of the share that the thread of the event loop has where both want a core. By 5, a third, what is made took a fifth longer. */
const NICE = 1;

/**
 * What is decoded and encoded runs in a pool of threads; stored tiles are passed through by the one of the event loop. Where cores are short that one
 * comes first: whole images take longer, tiles don't. Threads that libvips starts inherit it.
 */
export async function preferTiles(): Promise<void> {
  for (const thread of await readdir(TASKS).catch(() => [])) {
    const name = await readFile(`${TASKS}/${thread}/comm`, 'utf8').catch(() => '');
    if (name.trim() !== POOL) continue;
    try {
      setPriority(Number(thread), NICE);
    } catch {
      // Where a container forbids it, nothing is lost but the preference.
    }
  }
}
