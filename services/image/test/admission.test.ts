import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { Admission } from '../src/admission.ts';
import { type RequestCost, requestCost } from '../src/domain/request-cost.ts';
import { resultCache } from '../src/result-cache.ts';

const MEGABYTE = 1024 * 1024;
const tile: RequestCost = { lane: 'tile', pixels: 1, bytes: MEGABYTE, streams: false };
const large = (megabytes: number): RequestCost => ({ lane: 'large', pixels: 1, bytes: megabytes * MEGABYTE, streams: false });
const nobodyGone = new AbortController().signal;
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'answered',
    (error: unknown) => (error instanceof Problem ? error.code : String(error)),
  );

/** Work that goes on until it is let go. */
function held() {
  const begun: string[] = [];
  const waiting = new Map<string, () => void>();
  return {
    begun,
    work: (name: string) => async () => {
      begun.push(name);
      await new Promise<void>((resolve) => waiting.set(name, resolve));
    },
    release: async (name: string) => {
      waiting.get(name)?.();
      await setImmediate();
    },
  };
}

suite('admission', () => {
  test('tiles never wait behind whole images', async () => {
    const admission = new Admission({ tiles: 2, large: 1, bytes: 100 * MEGABYTE });
    const { begun, work, release } = held();
    const all = ['whole 1', 'whole 2'].map((name) => admission.run(large(60), nobodyGone, work(name)));
    all.push(...['tile 1', 'tile 2', 'tile 3'].map((name) => admission.run(tile, nobodyGone, work(name))));
    await setImmediate();
    assert.deepEqual(begun, ['whole 1', 'tile 1', 'tile 2']);
    await release('tile 1');
    assert.deepEqual(begun.slice(3), ['tile 3']);
    await release('whole 1');
    assert.deepEqual(begun.slice(4), ['whole 2']);
    for (const name of begun) await release(name);
    await Promise.all(all);
  });

  test('larger answers share the memory that they may take together', async () => {
    const admission = new Admission({ tiles: 1, large: 4, bytes: 100 * MEGABYTE });
    const { begun, work, release } = held();
    const all = [60, 60, 30].map((megabytes) => admission.run(large(megabytes), nobodyGone, work(`${megabytes}`)));
    await setImmediate();
    // First come first served: the small one does not overtake, or the large one would wait for ever.
    assert.deepEqual(begun, ['60']);
    await release('60');
    assert.deepEqual(begun, ['60', '60', '30']);
    for (const name of ['60', '30']) await release(name);
    await Promise.all(all);
    assert.equal(await code(admission.run(large(101), nobodyGone, async () => {})), 'image-too-costly');
  });

  test('beyond its queue it says when to come again, and whoever has gone leaves it', async () => {
    const admission = new Admission({ tiles: 1, large: 1, bytes: 100 * MEGABYTE });
    const { work, release } = held();
    const first = admission.run(tile, nobodyGone, work('first'));
    const gone = new AbortController();
    const queued = Array.from({ length: 32 }, () => code(admission.run(tile, gone.signal, async () => {})));
    assert.equal(await code(admission.run(tile, nobodyGone, async () => {})), 'too-many-requests');
    gone.abort();
    assert.deepEqual(new Set(await Promise.all(queued)), new Set(['request-gone']));
    const next = admission.run(tile, nobodyGone, async () => {});
    await release('first');
    await Promise.all([first, next]);
  });
});

const A = { derivative: 'converter/derivatives/a.tif', canonical: 'full/max/0/default.jpg' };

suite('answers that are kept', () => {
  test('are made once for all who ask meanwhile, and again when they were not kept', async () => {
    let made = 0;
    const make = async () => {
      await setImmediate();
      return Buffer.alloc(100, ++made);
    };
    const kept = resultCache(10_000);
    const all = await Promise.all([1, 2, 3].map(() => kept.get(A, nobodyGone, make)));
    assert.deepEqual([made, new Set(all).size], [1, 1]);
    await kept.get(A, nobodyGone, make);
    assert.equal(made, 1);
    const unkept = resultCache(0);
    await unkept.get(A, nobodyGone, make);
    await unkept.get(A, nobodyGone, make);
    assert.equal(made, 3);
  });

  test('are given up when all who asked have gone, and not before', async () => {
    const cache = resultCache(0);
    const [one, other] = [new AbortController(), new AbortController()];
    let given: AbortSignal | undefined;
    const make = (signal: AbortSignal) => {
      given = signal;
      return new Promise<Buffer>((resolve) => signal.addEventListener('abort', () => resolve(Buffer.alloc(1))));
    };
    const all = [cache.get(A, one.signal, make), cache.get(A, other.signal, make)];
    one.abort();
    await setImmediate();
    assert.equal(given?.aborted, false);
    other.abort();
    await Promise.all(all);
    assert.equal(given?.aborted, true);
  });

  test('a failure is nobody else’s', async () => {
    const cache = resultCache(1000);
    await assert.rejects(cache.get(A, nobodyGone, () => Promise.reject(new Error('no'))));
    assert.equal((await cache.get(A, nobodyGone, async () => Buffer.from('yes'))).toString(), 'yes');
  });
});

suite('what a request takes', () => {
  const whole = { x: 0, y: 0, width: 6000, height: 6000 };
  const costOf = (rotation: number, format: 'jpg' | 'gif') =>
    requestCost(
      {
        region: { kind: 'full' },
        size: { kind: 'max', upscale: false },
        rotation: { degrees: rotation, mirrored: false },
        quality: 'default',
        format,
      },
      whole,
      { region: whole, size: whole, upscaled: false },
    );

  test('counts the canvas that a turn needs, and what a slow encoder holds of it', () => {
    assert.equal(costOf(0, 'jpg').streams, true);
    // Measured: 1,079 MB.
    assert.ok(costOf(45, 'gif').bytes > 1_079 * MEGABYTE);
    assert.ok(costOf(45, 'gif').pixels > costOf(90, 'gif').pixels * 1.4);
    assert.equal(Math.round(costOf(90, 'jpg').pixels), 72_000_000);
  });
});
