import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { type Figure, rounded } from '../figure.ts';

const ACTIVITIES = 1_000_000;
/** The memory of a tenth is compared with that of all. */
const TENTH = ACTIVITIES / 10;
const RECORDS = 10_000;
/** Times that records are harvested in turns with the bare loop: the median counts, as disks are moody. */
const TURNS = 3;
const AT_ONCE = 8;
/** As docker-compose.yml starts the harvester. */
const FLAGS = ['--max-semi-space-size=4'];
const say = (text: string) => void process.stderr.write(`${text}\n`);

type Told = { readonly seconds: number; readonly peak: number };

/** The harvest against a publisher on this machine: walked to stored work, a look that finds nothing, records to published objects. */
export async function benchHarvest(): Promise<Figure[]> {
  const folder = await temporaryFolder();
  try {
    return [...(await walks(folder.path)), ...(await records(folder.path))];
  } finally {
    await folder.remove();
  }
}

async function walks(folder: string): Promise<Figure[]> {
  const bare = await withPublisher(ACTIVITIES, (base) => alone('bare-walk', join(folder, 'bare-walk'), base, ACTIVITIES));
  say(`  the loop alone: ${(ACTIVITIES / bare.seconds).toFixed(0)} activities/s`);
  const tenth = await withPublisher(TENTH, (base) => alone('walk', join(folder, 'tenth'), base, TENTH));
  say(`  a walk of ${TENTH}: ${(TENTH / tenth.seconds).toFixed(0)} activities/s, ${tenth.peak.toFixed(0)} MB`);
  const whole = await withPublisher(ACTIVITIES, (base) => alone('walk', join(folder, 'whole'), base, ACTIVITIES));
  const rate = ACTIVITIES / whole.seconds;
  say(`  a walk of ${ACTIVITIES}: ${rate.toFixed(0)} activities/s, ${whole.peak.toFixed(0)} MB`);
  return [
    { name: 'activities walked to stored work a second', value: rounded(rate, 0), at_least: 10_000 },
    { name: 'walk / loop that fetches, parses and stores', value: rounded(bare.seconds / whole.seconds), at_least: 0.5 },
    { name: 'most RSS of a million activities in MB', value: rounded(whole.peak, 0), at_most: 250 },
    { name: 'RSS of a million / of a hundred thousand', value: rounded(whole.peak / tenth.peak), at_most: 1.25 },
  ];
}

async function records(folder: string): Promise<Figure[]> {
  return withPublisher(RECORDS, async (base, requests) => {
    const ratios: number[] = [];
    const place = join(folder, 'records');
    for (let turn = 1; turn <= TURNS; turn++) {
      await rm(place, { recursive: true, force: true });
      const bare = await alone('bare-records', join(folder, 'bare-records'), base, RECORDS);
      const ours = await alone('records', place, base, RECORDS);
      const rates = [bare, ours].map(({ seconds }) => (RECORDS / seconds).toFixed(0));
      say(`  records a second, the loop alone: ${rates[0]}; to published objects: ${rates[1]}, ${ours.peak.toFixed(0)} MB`);
      ratios.push(bare.seconds / ours.seconds);
    }
    const [, median = 0] = ratios.toSorted((a, b) => a - b);
    await requests();
    await alone('again', place, base, RECORDS, false);
    return [
      { name: 'records fetched, mapped, published / fetched and stored', value: rounded(median), at_least: 0.6 },
      { name: 'requests of a look that finds nothing new', value: await requests(), at_most: 3 },
    ];
  });
}

async function withPublisher<T>(count: number, run: (base: string, requests: () => Promise<number>) => Promise<T>): Promise<T> {
  const publisher = fork(join(import.meta.dirname, 'publisher.ts'), [String(count)]);
  const [{ base }] = await once(publisher, 'message');
  try {
    return await run(base, () => requestsOf(publisher));
  } finally {
    publisher.kill();
  }
}

async function requestsOf(publisher: ChildProcess): Promise<number> {
  publisher.send({});
  const [{ requests }] = await once(publisher, 'message');
  return requests;
}

async function alone(what: string, folder: string, base: string, count: number, fresh = true): Promise<Told> {
  await mkdir(folder, { recursive: true });
  const child = fork(join(import.meta.dirname, 'harvest-alone.ts'), [what, folder, base, String(count), String(AT_ONCE)], {
    execArgv: FLAGS,
  });
  const [told] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`${what} ended`);
    }),
  ]);
  if (fresh && what !== 'records') await rm(folder, { recursive: true, force: true });
  return told;
}
