import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Problem } from '@vitrine/platform/problem.ts';
import { BELOW, type ExportTarget, MARK, MARKED } from './export-target.ts';

const WRITING = '.writing';

/** A folder of this machine. */
export function folderTarget(folder: string): ExportTarget {
  return {
    name: folder,
    claim: async () => {
      await mkdir(folder, { recursive: true });
      const names = await readdir(folder);
      if (names.length > 0 && !names.includes(MARK))
        throw new Problem('export-failed', { detail: `${folder} holds what was not made by an export of manifests` });
      await writeFile(join(folder, MARK), MARKED);
    },
    holds: async (path, bytes) => (await readFile(join(folder, path)).catch(() => undefined))?.equals(bytes) ?? false,
    write: async (path, bytes) => {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await writeFile(`${target}${WRITING}`, bytes);
      await rename(`${target}${WRITING}`, target);
    },
    paths: async () => {
      const entries = await Promise.all(
        BELOW.map(async (below) =>
          (await readdir(join(folder, below), { withFileTypes: true, recursive: true }).catch(() => []))
            .filter((entry) => entry.isFile())
            .map((entry) =>
              join(entry.parentPath, entry.name)
                .slice(folder.length + 1)
                .replaceAll('\\', '/'),
            ),
        ),
      );
      return entries.flat();
    },
    remove: (path) => rm(join(folder, path)),
  };
}
