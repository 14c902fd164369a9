import { execFile } from 'node:child_process';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { convertFiles } from '@vitrine/all-in-one/convert/convert-files.ts';
import type { ConversionResult } from '@vitrine/converter/child/conversion-task.ts';
import { ChildPool } from '@vitrine/converter/child-pool.ts';
import { standardSettings } from '@vitrine/converter/conversion-settings.ts';
import { photographEntries } from '@vitrine/demo/photographs.ts';
import { containerEngineAnswers } from '@vitrine/platform/engines/container-engine.ts';
import { sharedFixtures } from '@vitrine/platform/shared-fixtures.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import sharp from 'sharp';
import { type Figure, rounded } from '../figure.ts';
import { besideHostile } from './beside-hostile.ts';
import { makeMasters } from './make-masters.ts';
import { sharpAlone } from './sharp-alone.ts';
import { twoConverters } from './two-converters.ts';

const COUNT = 100;
/** A gigapixel and a little. */
const GIGA = { width: 32_768, height: 31_000 };
const MEGABYTE = 1_000_000;
const LIMITS = { memoryMegabytes: 1500, totalMegabytes: 3000, seconds: 900 };
const run = promisify(execFile);
const say = (text: string) => void process.stderr.write(`${text}\n`);
const signal = new AbortController().signal;

/** Conversion against sharp alone, the vips command and opj_decompress; its memory, and what a second converter brings. */
export async function benchConvert(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  try {
    say(`makes ${COUNT} masters of 24 megapixels`);
    const masters = await makeMasters(join(folder.path, 'masters'), COUNT, say);
    return [
      ...(await throughput(folder.path, masters)),
      ...(await besideHostile(folder.path, masters.slice(0, 12), say)),
      ...(await kafka(masters)),
      ...(await jpeg2000(folder.path)),
      ...(await estimates(folder.path)),
      ...(await gigapixel(folder.path)),
    ];
  } finally {
    await folder.remove();
  }
}

async function throughput(folder: string, files: readonly string[]): Promise<Figure[]> {
  const out = join(folder, 'by-sharp');
  await mkdir(out);
  const few = files.slice(0, 16);
  let best = { atOnce: 2, threads: 1, seconds: Number.POSITIVE_INFINITY };
  for (const [atOnce, threads] of [
    [2, 1],
    [1, 2],
    [3, 1],
    [4, 1],
  ] as const) {
    const seconds = await sharpAlone({ files: few, out, atOnce, threads });
    say(`  sharp alone, ${atOnce} at once, ${threads} threads: ${(few.length / seconds).toFixed(2)}/s`);
    if (seconds < best.seconds) best = { atOnce, threads, seconds };
  }
  const alone = files.length / (await sharpAlone({ files, out, ...best }));
  say(`  sharp alone, all: ${alone.toFixed(2)}/s`);
  const made = join(folder, 'by-vitrine');
  const quiet = { detail: () => {}, line: () => {}, progress: () => {} };
  const { converted, seconds } = await convertFiles({
    ...LIMITS,
    names: files,
    out: made,
    jobs: 2,
    resume: false,
    settings: standardSettings,
    maxPixels: 1e9,
    say: quiet,
    signal,
  });
  const ours = converted / seconds;
  say(`  vitrine convert: ${ours.toFixed(2)}/s`);
  const vips = await byVips(files, join(out, 'vips'));
  if (vips === undefined) say('  the vips command is not installed: apt-get install libvips-tools');
  else say(`  vips: ${vips.toFixed(2)}/s`);
  await Promise.all([out, made].map((path) => rm(path, { recursive: true })));
  return [
    { name: 'sharp alone, masters a second', value: rounded(alone) },
    { name: 'vitrine convert / sharp alone', value: rounded(ours / alone), at_least: 0.9 },
    ...(vips === undefined ? [] : [{ name: 'vitrine convert / vips', value: rounded(ours / vips), at_least: 1 }]),
  ];
}

/** Masters a second by the command of libvips, two at once of one thread each. */
async function byVips(files: readonly string[], out: string): Promise<number | undefined> {
  const options = ['--tile', '--pyramid', '--compression', 'jpeg', '--Q', '85', '--tile-width', '256', '--tile-height', '256'];
  const convert = (file: string, lane: number) =>
    run('vips', ['tiffsave', file, `${out}-${lane}.tif`, ...options], { env: { ...process.env, VIPS_CONCURRENCY: '1' } });
  try {
    await run('vips', ['--version']);
  } catch {
    return undefined;
  }
  const began = performance.now();
  let next = 0;
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (let file = files[next++]; file !== undefined; file = files[next++]) await convert(file, lane);
    }),
  );
  return files.length / ((performance.now() - began) / 1000);
}

async function convertOne(input: string, output: string, pool: ChildPool, maxPixels = 2e9): Promise<ConversionResult> {
  return pool.convert({ input, output, tiles: `${output}.tiles`, page: 1, settings: standardSettings, maxPixels }, signal);
}

async function kafka(masters: readonly string[]): Promise<Figure[]> {
  if (!(await containerEngineAnswers())) {
    say('two converters: no container engine');
    return [];
  }
  say('one converter and two on Kafka, a core each; and sharp likewise');
  const { ours, sharps } = await twoConverters(masters, say);
  return [
    { name: 'two converters / one', value: rounded(ours) },
    { name: 'two converters / one, of what sharp gains', value: rounded(ours / sharps), at_least: 0.85 },
  ];
}

async function jpeg2000(folder: string): Promise<Figure[]> {
  const fixtures = sharedFixtures(process.env);
  const there = await run('opj_decompress', ['-h']).then(
    () => true,
    (thrown: { code?: unknown }) => thrown.code !== 'ENOENT',
  );
  if (!there || fixtures === undefined) {
    say('JPEG 2000: apt-get install libopenjp2-tools, and the fixtures beside this checkout');
    return [];
  }
  const file = join(fixtures, 'images/balloon-reference.jp2');
  const pool = new ChildPool({ ...LIMITS, size: 1 });
  const output = join(folder, 'jp2.tif');
  const times = { ours: 0, theirs: 0 };
  try {
    await convertOne(file, output, pool);
    for (let n = 0; n < 5; n++) {
      let began = performance.now();
      await run('opj_decompress', ['-i', file, '-o', join(folder, 'opj.tif'), '-threads', '1']);
      times.theirs += performance.now() - began;
      began = performance.now();
      await convertOne(file, output, pool);
      times.ours += performance.now() - began;
    }
  } finally {
    pool.close();
  }
  say(
    `JPEG 2000 of 10 megapixels: ${(times.ours / 5).toFixed(0)} ms for its pyramid, opj_decompress ${(times.theirs / 5).toFixed(0)} ms for a TIFF`,
  );
  return [{ name: 'JPEG 2000: opj_decompress / conversion', value: rounded(times.theirs / times.ours), at_least: 0.7 }];
}

/** Each master in a process of its own, so that nothing is left of another. */
async function estimates(folder: string): Promise<Figure[]> {
  const fixtures = sharedFixtures(process.env);
  if (fixtures === undefined) return [];
  let [worst, name] = [1, ''];
  let count = 0;
  for (const kind of ['images', 'images/derived', 'images/exif', 'images/formats'])
    for (const entry of await readdir(join(fixtures, kind), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const pool = new ChildPool({ ...LIMITS, size: 1 });
      const made = await convertOne(join(fixtures, kind, entry.name), join(folder, 'one.tif'), pool).catch(() => undefined);
      pool.close();
      if (!made?.estimate) continue;
      count++;
      const off = Math.max(made.estimate / made.memory, made.memory / made.estimate);
      if (off > worst) [worst, name] = [off, entry.name];
    }
  say(`memory of ${count} fixtures: the worst estimate is that of ${name}`);
  return [{ name: 'memory: estimate and real, the larger / the smaller, at worst', value: rounded(worst), at_most: 1.5 }];
}

async function gigapixel(folder: string): Promise<Figure[]> {
  say('makes a gigapixel');
  const giga = join(folder, 'giga');
  await mkdir(giga);
  const input = join(giga, 'master.jpg');
  const bytes = await photographEntries()[0]?.images[0]?.master?.read();
  const photograph = await sharp(bytes).resize(2048, 2048, { fit: 'cover' }).png().toBuffer();
  await sharp({ create: { ...GIGA, channels: 3, background: '#808080' }, limitInputPixels: false })
    .composite([{ input: photograph, tile: true, left: 0, top: 0 }])
    .removeAlpha()
    .jpeg({ quality: 85 })
    .toFile(input);
  const pool = new ChildPool({ ...LIMITS, size: 1 });
  const output = join(giga, 'derivative.tif');
  const known = new Set(['master.jpg', 'derivative.tif', 'derivative.tif.tiles']);
  const others = new Set<string>();
  const look = setInterval(async () => {
    for (const name of await readdir(giga)) if (!known.has(name) && !name.endsWith('.jpg')) others.add(name);
    for (const name of await readdir('/tmp')) if (/^vips-/.test(name)) others.add(name);
  }, 200);
  const began = performance.now();
  try {
    const { memory, estimate = 0 } = await convertOne(input, output, pool);
    say(`  ${((performance.now() - began) / 1000).toFixed(0)} s; estimated ${(estimate / MEGABYTE).toFixed(0)} MB`);
    return [
      { name: 'a gigapixel: most RSS of the child in MB', value: rounded(memory / MEGABYTE, 0), at_most: 400 },
      { name: 'a gigapixel: files beyond master and output', value: others.size, at_most: 0 },
    ];
  } finally {
    clearInterval(look);
    pool.close();
  }
}
