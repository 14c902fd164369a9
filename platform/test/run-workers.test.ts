import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../src/free-port.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';
import { until } from '../src/until.ts';

type Seen = { readonly process: number; readonly place: number; readonly answers: number };
type Workers = {
  readonly primary: ChildProcess;
  get(path: string): Promise<string>;
  /** The processes that answer, by their numbers; rejects when a request is refused. */
  seen(): Promise<Map<string, Seen>>;
  /** Whether workers that are started fail. */
  fail(failing: boolean): Promise<void>;
};

async function withWorkers(run: (workers: Workers) => Promise<void>): Promise<void> {
  const port = await freePort();
  const folder = await temporaryFolder();
  const failing = join(folder.path, 'failing');
  const primary = fork(join(import.meta.dirname, 'workers-under-test.ts'), [String(port), failing], { stdio: 'ignore' });
  // A connection that was on its way to a process that died is lost with it.
  const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(5000) })).text();
  const seen = async () => {
    const found = new Map<string, Seen>();
    for (let n = 0; n < 12; n++) {
      const [replica = '', id, place] = (await get('/')).split(' ');
      found.set(replica, { process: Number(id), place: Number(place), answers: (found.get(replica)?.answers ?? 0) + 1 });
    }
    return found;
  };
  try {
    await until('both answer', () =>
      seen().then(
        ({ size }) => size === 2,
        () => false,
      ),
    );
    const fail = (does: boolean) => (does ? writeFile(failing, '') : rm(failing));
    await run({ primary, get, seen, fail });
  } finally {
    if (primary.exitCode === null) {
      primary.kill('SIGTERM');
      await once(primary, 'exit');
    }
    await folder.remove();
  }
}

const placesOf = (seen: ReadonlyMap<string, Seen>) => [...seen.values()].map(({ place }) => place).sort();

suite('workers behind one port', () => {
  test('one that dies is replaced at its place, while the other serves', () =>
    withWorkers(async ({ seen }) => {
      const before = await seen();
      assert.deepEqual(placesOf(before), [0, 1]);
      for (const [replica, { process: id }] of before) {
        process.kill(id, 'SIGKILL');
        await until('another is there', async () => {
          const now = await seen().catch(() => new Map<string, Seen>());
          return now.size === 2 && !now.has(replica);
        });
        assert.deepEqual(placesOf(await seen()), [0, 1]);
      }
    }));

  test('on SIGHUP each is replaced at its place, and no request is refused', () =>
    withWorkers(async ({ primary, seen }) => {
      const before = await seen();
      primary.kill('SIGHUP');
      await until('all are others', async () => {
        const now = await seen();
        return now.size === 2 && [...now.keys()].every((replica) => !before.has(replica));
      });
      assert.deepEqual(placesOf(await seen()), [0, 1]);
    }));

  test('SIGHUP twice, and one that fails to start: there are as many as before', () =>
    withWorkers(async ({ primary, seen, fail }) => {
      const before = await seen();
      primary.kill('SIGHUP');
      await setTimeout(50);
      primary.kill('SIGHUP');
      await until('all are others', async () => {
        const now = await seen().catch(() => before);
        return now.size === 2 && [...now.keys()].every((replica) => Number(replica) > 4);
      });
      await fail(true);
      const kept = await seen();
      primary.kill('SIGHUP');
      await setTimeout(1500);
      await fail(false);
      assert.deepEqual([...(await seen()).keys()].sort(), [...kept.keys()].sort());
      primary.kill('SIGHUP');
      await until('all are others again', async () => {
        const now = await seen().catch(() => kept);
        return now.size === 2 && [...now.keys()].every((replica) => !kept.has(replica));
      });
      assert.deepEqual(placesOf(await seen()), [0, 1]);
    }));

  test('whichever is asked for metrics gives those of all', () =>
    withWorkers(async ({ get, seen }) => {
      const counted = async () => Number(/vitrine_http_seconds_count\{[^}]*\} (\d+)/.exec(await get('/metrics'))?.[1]);
      const before = await counted();
      const answers = [...(await seen()).values()].map(({ answers: count }) => count);
      assert.equal(answers.length, 2);
      for (const _ of answers) assert.equal(await counted(), before + answers.reduce((sum, count) => sum + count, 0));
      const memory = async () => Number(/^process_resident_memory_bytes (\d+)/m.exec(await get('/metrics'))?.[1]);
      const [first, second] = [await memory(), await memory()];
      assert.ok(first > 0.7 * second, 'of both, also the first time');
    }));

  test('SIGTERM ends all in order', () =>
    withWorkers(async ({ primary }) => {
      primary.kill('SIGTERM');
      assert.deepEqual(await once(primary, 'exit'), [0, null]);
    }));
});
