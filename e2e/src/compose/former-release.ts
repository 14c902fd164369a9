import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';

const execute = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');

const git = async (...words: readonly string[]) => (await execute('git', words, { cwd: ROOT })).stdout.trim();

export type FormerRelease = { readonly commit: string; readonly root: string; remove(): Promise<void> };

/**
 * The checkout before the newest commit that changed what services say to each other or keep (contracts, migrations); the commit before this one
 * where that has no compose file yet. Commits that only describe the contracts differently count too: better one too many.
 */
export async function checkOutFormer(): Promise<FormerRelease> {
  const newest = await git('log', '-1', '--format=%H', '--', 'contracts/src', 'contracts/released', '**/migrations');
  const candidates = [`${newest}~1`, 'HEAD~1'];
  for (const candidate of candidates) {
    const runs = await git('cat-file', '-e', `${candidate}:docker-compose.yml`).then(
      () => true,
      () => false,
    );
    if (!runs) continue;
    const commit = await git('rev-parse', candidate);
    const folder = await temporaryFolder();
    const root = join(folder.path, 'former');
    await git('worktree', 'add', '--detach', root, commit);
    return {
      commit,
      root,
      remove: async () => {
        await git('worktree', 'remove', '--force', root);
        await folder.remove();
      },
    };
  }
  throw new Error('no former commit has a docker-compose.yml');
}

/** The image of a checkout. */
export async function buildImage(root: string, tag: string): Promise<void> {
  await execute('docker', ['build', '-t', `vitrine:${tag}`, root], { maxBuffer: 64 * 1024 * 1024 });
}

export const HERE = ROOT;
