import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ReadPace } from '../src/blobs/read-pace.ts';

function pace() {
  let now = 0;
  const under = new ReadPace(() => now);
  const reads = (milliseconds: number, times = 1) => {
    for (let n = 0; n < times; n++) if (under.readsAtOnce()) under.took(milliseconds);
  };
  return {
    reads,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    atOnce: () => under.readsAtOnce(),
  };
}

suite('whether a device is read at once', () => {
  test('as long as it is quick, and also when a thread had to wait now and then', () => {
    const { reads, atOnce } = pace();
    for (let n = 0; n < 50; n++) {
      reads(0.02, 64);
      reads(5);
    }
    assert.ok(atOnce());
  });

  test('no longer after three slow reads, so that at most thirty milliseconds are lost to a device that takes ten', () => {
    const { reads, atOnce } = pace();
    reads(0.02, 1000);
    reads(10, 2);
    assert.ok(atOnce());
    reads(10);
    assert.ok(!atOnce());
  });

  test('a device that is slow now and then counts as slow', () => {
    const { reads, atOnce } = pace();
    for (let n = 0; n < 20; n++) {
      reads(0.02, 9);
      reads(10);
    }
    assert.ok(!atOnce());
  });

  test('a slow one is tried again ever more rarely, and is quick after three quick tries', () => {
    const { reads, pass, atOnce } = pace();
    reads(10, 3);
    let tries = 0;
    for (let second = 0; second < 600; second++) {
      pass(1000);
      if (atOnce()) {
        tries++;
        reads(10);
      }
    }
    assert.ok(tries >= 8 && tries <= 16, `${tries} tries in ten minutes`);
    pass(60_000);
    reads(0.02, 3);
    reads(0.02, 100);
    assert.ok(atOnce());
  });
});
