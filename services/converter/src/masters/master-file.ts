import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from '@vitrine/platform/problem.ts';
import type { FolderPlace } from './master-places.ts';
import type { OpenedMaster } from './opened-master.ts';

/**
 * A master in a folder that the settings name; links that lead out of it are not followed.
 *
 * @param address `file:///…`
 * @throws Problem `master-missing`, `outbound-refused`
 */
export async function openMasterFile(address: URL, folders: readonly FolderPlace[], etag: string | undefined): Promise<OpenedMaster> {
  const refused = new Problem('outbound-refused', { detail: `${address.href} lies in no folder of VITRINE_MASTER_PLACES` });
  let path: string;
  try {
    path = fileURLToPath(address);
  } catch {
    throw refused;
  }
  const missing = (thrown: unknown): never => {
    const code: unknown = Reflect.get(Object(thrown), 'code');
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new Problem('master-missing', { detail: address.href, cause: thrown });
    // A share that is not there at the moment, or a right that is to be given.
    throw new Problem('source-unreachable', { detail: `${address.href}: ${code ?? thrown}`, cause: thrown });
  };
  // What is named but lies outside must look like what is not named, there or not.
  const inside = await Promise.all(
    folders.map(async ({ folder }) => within(path, folder) || within(path, await realpath(folder).catch(() => folder))),
  );
  if (!inside.includes(true)) throw refused;
  const real = await realpath(path).catch(missing);
  const roots = await Promise.all(folders.map(({ folder }) => realpath(folder).catch(() => folder)));
  if (!roots.some((root) => within(real, root))) throw refused;
  const facts = await stat(real).catch(missing);
  if (!facts.isFile()) throw new Problem('master-missing', { detail: `${address.href} is no file` });
  const mark = `"${facts.size}-${facts.mtimeMs}-${facts.ino}"`;
  if (etag === mark) return { status: 'unchanged' };
  return { status: 'found', etag: mark, from: 0, body: createReadStream(real), length: facts.size };
}

const within = (path: string, folder: string): boolean => path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
