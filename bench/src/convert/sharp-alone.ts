import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type SharpLoop = {
  readonly files: readonly string[];
  readonly out: string;
  /** Pictures at once, and libvips' threads for each. */
  readonly atOnce: number;
  readonly threads: number;
};

/** Seconds that sharp alone takes for the files, in so many processes that share them evenly. */
export async function sharpAlone(loop: SharpLoop, processes = 1): Promise<number> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: processes }, async (_, n) => {
      const files = loop.files.filter((__, place) => place % processes === n);
      const child = fork(join(import.meta.dirname, 'sharp-loop.ts'), [JSON.stringify({ ...loop, files, name: `sharp-${n}` })], {
        env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      });
      const [code] = await once(child, 'exit');
      if (code !== 0) throw new Error(`sharp alone ended with ${code}`);
    }),
  );
  return (performance.now() - began) / 1000;
}
