import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { containerEngineAnswers } from '@vitrine/platform/engines/container-engine.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type Figure, rounded } from '../figure.ts';
import { tilesFromS3 } from './bench-s3.ts';
import { type BenchSet, makeBenchSet } from './bench-set.ts';
import { measureSharpAlone } from './measure-sharp-alone.ts';
import { alignedTiles, freeRegions, thumbnail, turnedOrGrey } from './request-lists.ts';
import { startIipsrv } from './start-iipsrv.ts';
import { type ImageServer, rssMegabytes, startImageServer, UNCACHED } from './start-image-server.ts';
import { answersAsFiles, filesLocation, startNginx } from './start-nginx.ts';
import { type Load, load } from './wrk.ts';

/** No answers are kept, and of decoded tiles 50 megabytes in each of two workers. */
const COMPUTED = { VITRINE_IMAGE_CACHE_MB: '0', VITRINE_IMAGE_TILE_CACHE_MB: '50' } as const;

/** The image service against nginx with the same bytes as files, against iipsrv, and against sharp alone; two workers, 8 connections. */
export async function benchImage(): Promise<Figure[]> {
  for (const program of ['wrk', 'nginx']) demandProgram(program);
  const folder = await temporaryFolder();
  try {
    say('makes a photograph of 80 megapixels and its pyramid');
    const set = await makeBenchSet(folder.path);
    return [
      ...(await tilesAndInfo(folder.path, set)),
      ...(await computed(folder.path, set)),
      ...(await fromS3(folder.path, set)),
      ...(await underLoad(folder.path, set)),
    ];
  } finally {
    await folder.remove();
  }
}

function demandProgram(name: string): void {
  try {
    execFileSync('which', [name], { env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` } });
  } catch {
    throw new Error(`this bench needs ${name}: apt-get install wrk nginx-light iipimage-server`);
  }
}

const say = (text: string) => process.stderr.write(`${text}\n`);

function report(name: string, { perSecond, p50, p99, errors }: Load, extra = ''): Load {
  say(`  ${name.padEnd(52)} ${perSecond.toFixed(0).padStart(7)}/s  p50 ${p50.toFixed(2)} ms  p99 ${p99.toFixed(2)} ms  ${extra}`);
  if (errors > 0) say(`    ${errors} answers went wrong`);
  return { perSecond, p50, p99, errors, server: 0 };
}

/** Runs a load against a server and says what a request costs it. */
async function measured(folder: string, name: string, server: ImageServer, paths: readonly string[], options = {}): Promise<Load> {
  await load(folder, server.base, paths, { seconds: 2, ...options });
  const before = server.cpu();
  const result = await load(folder, server.base, paths, options);
  const cpu = server.cpu() - before;
  const rss = await Promise.all(server.workers().map(rssMegabytes));
  return report(
    name,
    result,
    `${((cpu * 1e6) / (result.perSecond * 6)).toFixed(0)} µs of CPU each, ${rss.map((mb) => mb.toFixed(0)).join(' and ')} MB`,
  );
}

type ByWorkers = { readonly one: Load; readonly two: Load };

/** With one worker and with two: the load takes a core of the two for itself, so that two workers share what is left, and one has all of it. */
async function byWorkers(
  folder: string,
  set: BenchSet,
  name: string,
  paths: readonly string[],
  settings: Record<string, string>,
): Promise<ByWorkers> {
  const of = async (workers: number) => {
    const server = await startImageServer(folder, set, { workers, settings });
    const result = await measured(folder, `${name}, ${workers === 1 ? 'one worker' : 'two workers'}`, server, paths);
    await server.stop();
    return result;
  };
  return { one: await of(1), two: await of(2) };
}

/** Shares of nginx, which has one worker. At most two of ours are asked for: the goal is that of the better number. */
function shares(name: string, { one, two }: ByWorkers, nginx: number, goal: number): Figure[] {
  const [ofOne, ofTwo] = [rounded(one.perSecond / nginx), rounded(two.perSecond / nginx)];
  const [better, other] = ofOne >= ofTwo ? (['one worker', 'two workers'] as const) : (['two workers', 'one worker'] as const);
  return [
    { name: `${name}, ${better} / nginx`, value: Math.max(ofOne, ofTwo), at_least: goal },
    { name: `${name}, ${other} / nginx`, value: Math.min(ofOne, ofTwo) },
  ];
}

async function tilesAndInfo(folder: string, set: BenchSet): Promise<Figure[]> {
  const aligned = alignedTiles(set.levels);
  const uncached = await startImageServer(folder, set, { settings: UNCACHED });
  const prefix = new URL(uncached.base).pathname.slice(1);
  const root = await answersAsFiles(folder, new URL(uncached.base).origin, [
    ...aligned.map((path) => `${prefix}/${path}`),
    `${prefix}/info.json`,
  ]);
  const files = await startNginx(folder, '', filesLocation(root));
  const nginxBase = `${files.base}/${prefix}`;
  say('aligned tiles');
  await load(folder, nginxBase, aligned, { seconds: 2 });
  const nginx = report('nginx, the same as files', await load(folder, nginxBase, aligned));
  await uncached.stop();
  const plain = await byWorkers(folder, set, 'ours, nothing kept in memory', aligned, UNCACHED);
  const kept = await byWorkers(folder, set, 'ours, caches on', aligned, {});
  const cached = await startImageServer(folder, set);
  const etag = (await fetch(`${cached.base}/info.json`)).headers.get('etag') ?? '';
  const fileTag = (await fetch(`${nginxBase}/info.json`)).headers.get('etag') ?? '';
  const half =
    (tag: string) =>
    (n: number): Record<string, string> =>
      n % 2 === 0 ? { 'If-None-Match': tag } : {};
  const infos = Array.from({ length: 100 }, () => 'info.json');
  say('info.json, half of the requests with If-None-Match');
  const nginxInfo = report('nginx', await load(folder, nginxBase, infos, { headers: half(fileTag) }));
  const info = await measured(folder, 'ours', cached, infos, { headers: half(etag) });
  await cached.stop();
  await files.stop();
  const iipsrv = await startIipsrv(folder, set.file, 2);
  let iip: Load | undefined;
  if (iipsrv) {
    await until('iipsrv answers', async () => (await fetch(`${iipsrv.base}/${aligned[0]}`)).status === 200);
    const answered = report('iipsrv, two processes', await load(folder, iipsrv.base, aligned));
    // It ends now and then; what nginx says of that is no answer of its.
    if (answered.errors < answered.perSecond) iip = answered;
    await iipsrv.stop();
  } else say('  iipsrv is not installed: apt-get install iipimage-server');
  NGINX.perSecond = nginx.perSecond;
  return [
    { name: 'aligned tiles, nginx, a second', value: rounded(nginx.perSecond, 0) },
    ...shares('aligned tiles, nothing kept', plain, nginx.perSecond, 0.57),
    ...shares('aligned tiles, caches on', kept, nginx.perSecond, 0.7),
    { name: 'info.json, half unchanged / nginx', value: rounded(info.perSecond / nginxInfo.perSecond), at_least: 0.5 },
    ...(iip
      ? [{ name: 'aligned tiles, nothing kept / iipsrv', value: rounded(plain.two.perSecond / iip.perSecond, 1), at_least: 10 }]
      : []),
  ];
}

/** What nginx reached with the aligned tiles, for the shares of it. */
const NGINX = { perSecond: 0 };

async function computed(folder: string, set: BenchSet): Promise<Figure[]> {
  const lists = [
    { name: 'aligned tile of 512', paths: alignedTiles(set.levels, 512), sharp: 3.5, nginx: 0.02 },
    { name: 'free region to 400', paths: freeRegions(), sharp: 2, nginx: 0.009 },
    { name: '!400,400', paths: thumbnail, sharp: 2, nginx: 0.02 },
    { name: 'turned or grey tile of 512', paths: turnedOrGrey(set.levels), sharp: 2.5, nginx: 0.02 },
  ];
  const figures: Figure[] = [];
  say('computed, no answers kept, 100 MB of decoded tiles');
  const server = await startImageServer(folder, set, { settings: COMPUTED });
  for (const { name, paths, sharp, nginx } of lists) {
    const alone = await measureSharpAlone(set, paths);
    say(`  ${`${name}: sharp alone`.padEnd(52)} ${alone.toFixed(0).padStart(7)}/s`);
    const ours = await measured(folder, name, server, paths);
    figures.push(
      { name: `${name} / sharp alone`, value: rounded(ours.perSecond / alone), at_least: sharp },
      { name: `${name} / nginx`, value: rounded(ours.perSecond / NGINX.perSecond, 4), at_least: nginx },
    );
  }
  await server.stop();
  const [first] = lists;
  const kept = await byWorkers(folder, set, 'aligned tile of 512, caches on', first?.paths ?? [], { VITRINE_IMAGE_CACHE_MB: '256' });
  return [...figures, ...shares('aligned tile of 512, caches on', kept, NGINX.perSecond, 0.5)];
}

async function fromS3(folder: string, set: BenchSet): Promise<Figure[]> {
  if (!(await containerEngineAnswers())) {
    say('tiles from S3: no container engine');
    return [];
  }
  say('tiles from S3');
  return tilesFromS3(folder, set, alignedTiles(set.levels), say);
}

async function underLoad(folder: string, set: BenchSet): Promise<Figure[]> {
  const aligned = alignedTiles(set.levels);
  say('tiles while whole images flood the server');
  const server = await startImageServer(folder, set, { settings: { VITRINE_IMAGE_CACHE_MB: '0' } });
  const quiet = await measured(folder, 'quiet', server, aligned);
  const whole = Array.from({ length: 64 }, (_, n) => `${n},${n},6000,5900/max/0/default.jpg`);
  const flooding = load(folder, server.base, whole, { connections: 8, seconds: 12 });
  await setTimeout(2000);
  const flooded = report('flooded', await load(folder, server.base, aligned));
  const floodResult = await flooding;
  say(`  whole images meanwhile: ${floodResult.perSecond.toFixed(1)}/s, ${floodResult.server} refused`);
  await server.stop();

  say('a minute of mixed load');
  const mixed = await startImageServer(folder, set);
  const paths = [...aligned, ...freeRegions().slice(0, 150), ...thumbnail, ...turnedOrGrey(set.levels).slice(0, 150), ...whole.slice(0, 4)];
  const mixing = load(folder, mixed.base, paths, { seconds: 60 });
  const samples: number[] = [];
  for (let second = 0; second < 58; second++) {
    await setTimeout(1000);
    samples.push(Math.max(...(await Promise.all(mixed.workers().map(rssMegabytes)))));
  }
  report('mixed', await mixing);
  await mixed.stop();
  const mean = (numbers: number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

  say('one device of two is slow');
  const slow = await slowDevice(folder, set, aligned);
  return [
    { name: 'tiles while flooded: p99 in ms', value: rounded(flooded.p99), at_most: rounded(Math.max(3 * quiet.p99, 25)) },
    { name: 'tiles while flooded / quiet', value: rounded(flooded.perSecond / quiet.perSecond), at_least: 0.4 },
    { name: 'tiles while flooded: answers gone wrong', value: flooded.errors, at_most: 0 },
    { name: 'mixed load: most RSS of a worker in MB', value: rounded(Math.max(...samples), 0), at_most: 350 },
    {
      name: 'mixed load: RSS of the last third / the second',
      value: rounded(mean(samples.slice(38)) / mean(samples.slice(19, 38))),
      at_most: 1.1,
    },
    { name: 'one device slow: p99 of the other rises by, ms', value: rounded(slow), at_most: 2 },
  ];
}

/** How much the p99 of tiles rises, in milliseconds, while the tiles of another device take ten milliseconds each. */
async function slowDevice(folder: string, set: BenchSet, aligned: readonly string[]): Promise<number> {
  const other = join('/dev/shm', `vitrine-bench-${process.pid}`);
  await mkdir(other, { recursive: true });
  const key = 'converter/derivatives/other.tif';
  await copyFile(set.file, join(other, 'other.tif'));
  await symlink(join(other, 'other.tif'), join(set.blobs, key));
  const image = { id: 'bench-other', version: '0123456789', derivative: key, tiles: set.tiles, levels: set.levels };
  const server = await startImageServer(folder, set, { settings: UNCACHED, more: [image], slow: { folder: other, milliseconds: 10 } });
  try {
    const before = await measured(folder, 'the quick device alone', server, aligned, { connections: 4 });
    const flood = load(folder, server.base.replace(`${set.image}~${set.version}`, 'bench-other~0123456789'), aligned, {
      connections: 4,
      seconds: 12,
    });
    await setTimeout(1000);
    const during = report('the quick device beside the slow one', await load(folder, server.base, aligned, { connections: 4, seconds: 8 }));
    report('the slow one', await flood);
    return during.p99 - before.p99;
  } finally {
    await server.stop();
    execFileSync('rm', ['-rf', other]);
  }
}
