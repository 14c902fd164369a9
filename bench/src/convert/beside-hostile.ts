import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ChildPool } from '@vitrine/converter/child-pool.ts';
import { standardSettings } from '@vitrine/converter/conversion-settings.ts';
import { sharedFixtures } from '@vitrine/platform/shared-fixtures.ts';
import { type Figure, rounded } from '../figure.ts';

const LIMITS = { memoryMegabytes: 1500, totalMegabytes: 3000, seconds: 60 };

/** What a lane that gets nothing but hostile files does to the conversions of another. */
export async function besideHostile(folder: string, masters: readonly string[], say: (text: string) => void): Promise<Figure[]> {
  const fixtures = sharedFixtures(process.env);
  if (fixtures === undefined) return [];
  const place = join(fixtures, 'hostile-images');
  const hostile = (await readdir(place, { withFileTypes: true })).filter((entry) => entry.isFile()).map(({ name }) => join(place, name));
  const pool = new ChildPool({ ...LIMITS, size: 2 });
  const signal = new AbortController().signal;
  const convert = (input: string, name: string) => {
    const output = join(folder, name);
    return pool.convert({ input, output, tiles: `${output}.tiles`, page: 1, settings: standardSettings, maxPixels: 1e9 }, signal);
  };
  async function median(): Promise<number> {
    const times: number[] = [];
    for (const master of masters) {
      const began = performance.now();
      await convert(master, 'quiet.tif');
      times.push(performance.now() - began);
    }
    return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
  }
  try {
    await median();
    const quiet = await median();
    let [ended, tried] = [false, 0];
    const attack = (async () => {
      while (!ended) await convert(hostile[tried++ % hostile.length] ?? '', 'hostile.tif').catch(() => {});
    })();
    const beside = await median();
    ended = true;
    await attack;
    say(`a conversion takes ${quiet.toFixed(0)} ms, beside ${tried} hostile files ${beside.toFixed(0)} ms`);
    return [{ name: 'a conversion beside hostile files / alone', value: rounded(beside / quiet), at_most: 2 }];
  } finally {
    pool.close();
  }
}
