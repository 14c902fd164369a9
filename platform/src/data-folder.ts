import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Problem } from './problem.ts';

export type DataFolder = { readonly path: string; release(): void };

/**
 * Takes the folder for this process alone. The lock is SQLite's own on a file in it: the system lets go of it whatever kills the process.
 *
 * @throws Problem `data-folder-unwritable`, `data-folder-in-use`
 */
export function lockDataFolder(path: string): DataFolder {
  let database: DatabaseSync;
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK | constants.X_OK);
    database = new DatabaseSync(join(path, 'lock.sqlite'));
  } catch (cause) {
    throw new Problem('data-folder-unwritable', { detail: path, cause });
  }
  try {
    database.exec('PRAGMA busy_timeout=0; PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    const message = cause instanceof Error ? cause.message : '';
    throw new Problem(message.includes('locked') ? 'data-folder-in-use' : 'data-folder-unwritable', { detail: path, cause });
  }
  return { path, release: () => database.close() };
}
