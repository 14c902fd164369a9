// npm run fuzz -- convert [--files N] [--seed S]: masters that nobody should publish, made of the fixtures. Each must end converted, or rejected with a
// code; the pool must go on, and nothing may be left behind.

import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isProblemCode } from '@vitrine/contracts/problems.ts';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { seeded } from '@vitrine/platform/faults.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { sharedFixtures } from '@vitrine/platform/shared-fixtures.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import sharp from 'sharp';
import { ChildPool } from '../src/child-pool.ts';
import { standardSettings } from '../src/conversion-settings.ts';

const { values } = parseArgs({
  allowPositionals: true,
  options: { files: { type: 'string', default: '600' }, seed: { type: 'string', default: String(Date.now() % 1_000_000) } },
});
const least = Number(values.files);
const random = seeded(Number(values.seed));
const below = (n: number) => Math.floor(random() * n);
const SIXTEEN = 16;
const LARGEST = 600_000;
const HUGE = 2 ** 31;

type Made = { readonly name: string; readonly bytes: Buffer };

/** Every fixture that is small enough to be spoilt many times. */
async function fixtures(): Promise<Made[]> {
  const folder = sharedFixtures({ ...process.env, VITRINE_REQUIRE_FIXTURES: '1' });
  if (folder === undefined) throw new Error('the fixtures are required');
  const made: Made[] = [];
  for (const kind of ['images/formats', 'images/derived', 'images', 'hostile-images'])
    for (const entry of await readdir(join(folder, kind), { withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const bytes = await readFile(join(folder, kind, entry.name));
      if (bytes.length <= LARGEST) made.push({ name: entry.name, bytes });
    }
  return made;
}

function* spoilt({ name, bytes }: Made): Generator<Made> {
  for (let part = 1; part < SIXTEEN; part++)
    yield { name: `${name} cut at ${part}/16`, bytes: bytes.subarray(0, Math.floor((bytes.length * part) / SIXTEEN)) };
  for (let n = 0; n < 6; n++) {
    const flipped = Buffer.from(bytes);
    for (let bits = 1 + below(8); bits > 0; bits--) {
      // Mostly in the header, where a bit says most.
      const at = below(random() < 0.5 ? Math.min(600, bytes.length) : bytes.length);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << below(8));
    }
    yield { name: `${name} flipped ${n}`, bytes: flipped };
  }
  yield { name: `${name} of another kind`, bytes: Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), bytes.subarray(8)]) };
  if (bytes.toString('latin1', 0, 4) === 'II*\0') yield* spoiltTiff({ name, bytes });
  if (bytes.toString('latin1', 1, 4) === 'PNG') {
    const huge = Buffer.from(bytes);
    huge.writeUInt32BE(HUGE - 1, 16);
    yield { name: `${name} 2^31 wide`, bytes: huge };
  }
}

/** Sizes of 2^31, and directories that lead to themselves. */
function* spoiltTiff({ name, bytes }: Made): Generator<Made> {
  const first = bytes.readUInt32LE(4);
  if (first + 2 > bytes.length) return;
  const count = bytes.readUInt16LE(first);
  for (let n = 0; n < count && first + 2 + n * 12 + 12 <= bytes.length; n++) {
    const at = first + 2 + n * 12;
    if (bytes.readUInt16LE(at) !== 256 && bytes.readUInt16LE(at) !== 257) continue;
    const huge = Buffer.from(bytes);
    huge.writeUInt16LE(4, at + 2);
    huge.writeUInt32LE(HUGE, at + 8);
    yield { name: `${name} 2^31`, bytes: huge };
  }
  const next = first + 2 + count * 12;
  if (next + 4 > bytes.length) return;
  const loop = Buffer.from(bytes);
  loop.writeUInt32LE(first, next);
  yield { name: `${name} in a loop`, bytes: loop };
}

/** What no fixture is. */
async function others(): Promise<Made[]> {
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#246' }, limitInputPixels: false });
  const six = plainTiff([{ width: 6, height: 6, shade: 3 }]);
  const samples = six.indexOf(Buffer.from([0x15, 0x01, 0x04, 0x00]));
  six.writeUInt32LE(6, samples + 8);
  return [
    { name: 'nothing', bytes: Buffer.alloc(0) },
    { name: 'zeros', bytes: Buffer.alloc(5000) },
    { name: 'a name\nof two lines', bytes: await flat(40, 30).jpeg().toBuffer() },
    { name: 'a bomb of a PNG', bytes: await flat(30_000, 30_000).png({ palette: true, compressionLevel: 9 }).toBuffer() },
    { name: 'six channels', bytes: six },
    { name: 'a web page', bytes: Buffer.from('<!doctype html><title>Sign in</title>') },
    { name: 'half a PDF', bytes: Buffer.from('%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>') },
  ];
}

/** Every spoilt master, in an order by chance. */
function masters(whole: readonly Made[]): Made[] {
  const all = whole.flatMap((made) => [...spoilt(made)]);
  for (let n = all.length - 1; n > 0; n--) {
    const other = below(n + 1);
    const [a, b] = [all[n], all[other]];
    if (a && b) [all[n], all[other]] = [b, a];
  }
  return all;
}

/** Processes of ours that decode. */
function children(): number {
  return readdirSync('/proc')
    .filter((id) => /^\d+$/.test(id))
    .filter((id) => {
      try {
        const parent = /\nPPid:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1];
        return Number(parent) === process.pid && readFileSync(`/proc/${id}/cmdline`, 'utf8').includes('child/main.ts');
      } catch {
        return false;
      }
    }).length;
}

const folder = await temporaryFolder();
const [into, out] = [join(folder.path, 'in'), join(folder.path, 'out')];
await Promise.all([mkdir(into), mkdir(out)]);
const pool = new ChildPool({ size: 2, memoryMegabytes: 800, totalMegabytes: 1600, seconds: 60 });
const codes = new Map<string, number>();
const wrong: string[] = [];
let done = 0;

const list = [...(await others()), ...masters(await fixtures())].slice(0, least);
process.stderr.write(`${list.length} files, seed ${values.seed}\n`);
await eachBounded([...list.entries()], 3, async ([n, { name, bytes }]) => {
  const input = join(into, `${n} ${name.replaceAll('/', '-')}`);
  const output = join(out, String(n));
  await writeFile(input, bytes);
  const task = { input, output, tiles: `${output}.tiles`, page: 1, settings: standardSettings, maxPixels: 500_000_000 };
  const code = await pool.convert(task, new AbortController().signal).then(
    () => 'converted',
    (thrown: unknown) => {
      const problem = asProblem(thrown);
      if (!isProblemCode(problem.code) || problem.fault !== 'permanent') wrong.push(`${name}: ${problem.code} ${problem.detail ?? ''}`);
      return problem.code;
    },
  );
  codes.set(code, (codes.get(code) ?? 0) + 1);
  if (code !== 'converted') {
    // What a rejected master leaves is removed by whoever named it, as the service and the command do.
    const left = (await readdir(out)).filter((file) => file === String(n) || file.startsWith(`${n}.`));
    const known = [output, `${output}.tiles`, ...standardSettings.thumbnails.map((side) => `${output}.${side}.jpg`)];
    for (const file of left) if (!known.includes(join(out, file))) wrong.push(`${name}: ${file} is left behind`);
  }
  await Promise.all(
    [input, output, `${output}.tiles`, ...standardSettings.thumbnails.map((side) => `${output}.${side}.jpg`)].map((file) =>
      rm(file, { force: true }),
    ),
  );
  if (++done % 100 === 0) process.stderr.write(`  ${done} of ${list.length}\n`);
});

// The pool has gone on to the end.
const good = join(into, 'good.jpg');
await writeFile(
  good,
  await sharp({ create: { width: 700, height: 500, channels: 3, background: '#963' } })
    .jpeg()
    .toBuffer(),
);
const last = await pool.convert(
  {
    input: good,
    output: join(out, 'good'),
    tiles: join(out, 'good.tiles'),
    page: 1,
    settings: { ...standardSettings, thumbnails: [] },
    maxPixels: 1e9,
  },
  new AbortController().signal,
);
if (last.width !== 700) wrong.push('a good master after all the bad ones is not converted');
// One that has nothing to do ends by itself.
await until('no child is left', () => children() === 0).catch(() => wrong.push(`${children()} children are left`));
const temporary = (await readdir(tmpdir())).filter((name) => name.startsWith('vips-'));
if (temporary.length > 0) wrong.push(`libvips left ${temporary.join(', ')}`);
pool.close();
const orphans = (await readdir(out)).filter((file) => !file.startsWith('good'));
if (orphans.length > 0) wrong.push(`left behind: ${orphans.join(', ')}`);
await folder.remove();

for (const [code, count] of [...codes].sort((a, b) => b[1] - a[1])) process.stdout.write(`${String(count).padStart(6)}  ${code}\n`);
for (const line of wrong) process.stdout.write(`WRONG ${JSON.stringify(line)}\n`);
process.stdout.write(
  `${JSON.stringify({ fuzz: 'convert', seed: Number(values.seed), files: list.length, codes: Object.fromEntries(codes), wrong: wrong.length })}\n`,
);
process.exit(wrong.length > 0 ? 1 : 0);
