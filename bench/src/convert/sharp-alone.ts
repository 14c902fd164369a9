import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type SharpLoop = {
  readonly files: readonly string[];
  readonly out: string;
  /** Pictures at once, and libvips' threads for each. */
  readonly atOnce: number;
  readonly threads: number;
};

/**
 * Seconds that sharp alone takes for the files, in so many processes that share them evenly.
 *
 * @param pinned whether each has a core of its own, and no other
 */
export async function sharpAlone(loop: SharpLoop, processes = 1, pinned = false): Promise<number> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: processes }, async (_, n) => {
      const files = loop.files.filter((__, place) => place % processes === n);
      const task = JSON.stringify({ ...loop, files, name: `sharp-${n}` });
      const command = [process.execPath, join(import.meta.dirname, 'sharp-loop.ts'), task];
      const [program = '', ...words] = pinned ? ['taskset', '-c', String(n), ...command] : command;
      const child = spawn(program, words, { env: { ...process.env, MALLOC_ARENA_MAX: '2' }, stdio: ['ignore', 'ignore', 'inherit'] });
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`sharp alone ended with ${code}`);
    }),
  );
  return (performance.now() - began) / 1000;
}
