import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { freePort } from '../src/free-port.ts';
import { until } from '../src/until.ts';

type Workers = {
  readonly primary: ChildProcess;
  /** By their numbers the processes that answer; rejects when a request is refused. */
  readonly seen: () => Promise<Map<string, number>>;
};

async function withWorkers(run: (workers: Workers) => Promise<void>): Promise<void> {
  const port = await freePort();
  const primary = fork(join(import.meta.dirname, 'workers-under-test.ts'), [String(port)], { stdio: 'ignore' });
  const seen = async () => {
    const found = new Map<string, number>();
    for (let n = 0; n < 12; n++) {
      // A connection that was on its way to a process that died is lost with it.
      const reply = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
      const text = await reply.text();
      const [replica = '', id] = text.split(' ');
      found.set(replica, Number(id));
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
    await run({ primary, seen });
  } finally {
    if (primary.exitCode === null) {
      primary.kill('SIGTERM');
      await once(primary, 'exit');
    }
  }
}

suite('workers behind one port', () => {
  test('one that dies is replaced, while the other serves', () =>
    withWorkers(async ({ seen }) => {
      const [first] = await seen();
      assert.ok(first);
      process.kill(first[1], 'SIGKILL');
      await until('another is there', async () => {
        const now = await seen().catch(() => new Map<string, number>());
        return now.size === 2 && !now.has(first[0]);
      });
    }));

  test('on SIGHUP each is replaced, and no request is refused', () =>
    withWorkers(async ({ primary, seen }) => {
      const before = await seen();
      primary.kill('SIGHUP');
      await until('all are others', async () => {
        const now = await seen();
        return now.size === 2 && [...now.keys()].every((replica) => !before.has(replica));
      });
    }));

  test('SIGTERM ends all in order', () =>
    withWorkers(async ({ primary }) => {
      primary.kill('SIGTERM');
      assert.deepEqual(await once(primary, 'exit'), [0, null]);
    }));
});
