import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { EXIT } from '@vitrine/platform/exit-codes.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';

const COMMAND = resolve(import.meta.dirname, '../bin/vitrine.js');

type Line = Record<string, unknown>;

function start(...words: string[]): { child: ChildProcess; lines: Line[]; ended: Promise<unknown> } {
  const child = spawn(process.execPath, [COMMAND, ...words, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let rest = '';
  child.stdout?.on('data', (chunk) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts.map((line): Line => JSON.parse(line)));
  });
  return { child, lines, ended: once(child, 'exit').then(([code]) => code) };
}

async function withMasters(run: (masters: string, out: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const masters = join(folder.path, 'masters');
  await mkdir(join(masters, 'deep'), { recursive: true });
  await writeFile(join(masters, 'a.jpg'), await picture({ width: 400, height: 300, seed: 1, format: 'jpeg' }).read());
  await writeFile(join(masters, 'a.tif'), plainTiff([50, 90].map((shade) => ({ width: 30, height: 20, shade }))));
  await writeFile(join(masters, 'deep', 'of two\nlines.png'), await picture({ width: 300, height: 300, seed: 2, format: 'png' }).read());
  await writeFile(join(masters, 'notes.txt'), 'no master');
  await writeFile(join(masters, '.hidden.tif'), 'not looked at');
  try {
    await run(masters, join(folder.path, 'out'));
  } finally {
    await folder.remove();
  }
}

const outcomes = (lines: readonly Line[]) =>
  lines
    .filter(({ event }) => event === 'file')
    .map(({ file, outcome, code }) => `${String(file).split('/').at(-1)} ${outcome}${code === undefined ? '' : ` ${code}`}`)
    .toSorted();
const filesBelow = async (folder: string) => (await readdir(folder, { recursive: true })).toSorted();

suite('vitrine convert and watch', { concurrency: 2 }, () => {
  test('each file has a line, a derivative with its report, or a code; again it has nothing to do', () =>
    withMasters(async (masters, out) => {
      const first = start('convert', masters, '--out', out);
      assert.equal(await first.ended, EXIT.rejected);
      assert.deepEqual(outcomes(first.lines), [
        'a.jpg converted',
        'a.tif converted',
        'notes.txt rejected master-format-unsupported',
        'of two\nlines.png converted',
      ]);
      const made = await filesBelow(out);
      for (const file of ['a.jpg.tif', 'a.jpg.report.json', 'a.jpg.250.jpg', 'a.tif.tif', 'a.tif.p2.tif', 'deep/of two\nlines.tif'])
        assert.ok(made.includes(file), `${file} in ${made.join(', ')}`);
      assert.ok(!made.some((file) => file.includes('.writing')));
      const report: Line = JSON.parse(await readFile(join(out, 'a.tif.report.json'), 'utf8'));
      assert.deepEqual(Array.isArray(report['pages']) && report['pages'].length, 2);
      assert.match(String(report['sha256']), /^[0-9a-f]{64}$/);

      const again = start('convert', masters, '--out', out, '--resume');
      assert.equal(await again.ended, EXIT.rejected);
      assert.deepEqual(outcomes(again.lines), [
        'a.jpg unchanged',
        'a.tif unchanged',
        'notes.txt rejected master-format-unsupported',
        'of two\nlines.png unchanged',
      ]);
    }));

  test('what it did not make is not written over', () =>
    withMasters(async (masters, out) => {
      await mkdir(out);
      await writeFile(join(out, 'a.jpg.tif'), 'precious');
      const { ended, lines } = start('convert', masters, '--out', out);
      assert.equal(await ended, EXIT.rejected);
      assert.ok(outcomes(lines).includes('a.jpg rejected output-taken'));
      assert.equal(await readFile(join(out, 'a.jpg.tif'), 'utf8'), 'precious');
    }));

  test('masters of one name are two derivatives, and no master is written over', () =>
    withMasters(async (masters, out) => {
      const other = join(masters, '..', 'other');
      await mkdir(other);
      await writeFile(join(other, 'a.jpg'), await picture({ width: 200, height: 100, seed: 5, format: 'jpeg' }).read());
      assert.equal(await start('convert', join(masters, 'a.jpg'), join(other, 'a.jpg'), '--out', out).ended, 0);
      const made = (await filesBelow(out)).filter((file) => file.endsWith('.tif'));
      assert.deepEqual(made, ['a.jpg-2.tif', 'a.jpg.tif']);
      assert.equal(await start('convert', masters, '--out', masters).ended, EXIT.usage);
      const before = await readFile(join(masters, 'a.tif'));
      await start('convert', join(masters, 'a.tif'), '--out', masters).ended;
      assert.ok(before.equals(await readFile(join(masters, 'a.tif'))));
    }));

  test('what is not there is said', async () => {
    const { ended } = start('convert', '/nowhere/at/all', '--out', '/tmp/vitrine-nowhere');
    assert.equal(await ended, EXIT.usage);
  });

  test('interrupted, it leaves no half of anything, and goes on', () =>
    withMasters(async (masters, out) => {
      const bytes = await picture({ width: 3000, height: 2000, seed: 3, format: 'jpeg' }).read();
      for (let n = 0; n < 12; n++) await writeFile(join(masters, `large-${n}.jpg`), bytes);
      const first = start('convert', masters, '--out', out, '--jobs', '1');
      await until('some are converted', () => outcomes(first.lines).length >= 3);
      first.child.kill('SIGINT');
      assert.equal(await first.ended, EXIT.interrupted);
      const left = await filesBelow(out);
      assert.deepEqual(
        left.filter((file) => file.includes('.writing')),
        [],
      );
      const again = start('convert', masters, '--out', out, '--resume');
      assert.equal(await again.ended, EXIT.rejected);
      assert.ok(outcomes(again.lines).filter((line) => line.endsWith('unchanged')).length >= 2);
      assert.equal(outcomes(again.lines).length, 16);
    }));

  test('a folder that is watched: what comes is converted when it is whole', () =>
    withMasters(async (masters, out) => {
      const { child, lines, ended } = start('watch', masters, '--out', out, '--every', '1');
      await until('what was there is converted', () => outcomes(lines).length === 4, 30_000);
      await writeFile(join(masters, 'late.tif'), plainTiff([{ width: 20, height: 20, shade: 9 }]));
      await until('what came is converted', () => outcomes(lines).includes('late.tif converted'), 30_000);
      child.kill('SIGTERM');
      assert.equal(await ended, 0);
    }));
});
