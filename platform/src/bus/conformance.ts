import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { Problem } from '../problem.ts';
import { until } from '../until.ts';
import type { Bus, BusRecord, StoredRecord, SubscribeOptions } from './port.ts';

/** A bus under test with topics `vitrine.test.v1` and `vitrine.other.v1`, and nothing in them. */
export type BusUnderTest = {
  bus: Bus;
  /** Opens it anew without an orderly close. */
  crash: () => Promise<Bus>;
  /** Another process on the same bus. */
  another?: () => Promise<Bus>;
  dispose: () => Promise<void>;
};

type BusTestOptions = {
  /** Milliseconds of a delivery that would be too long for a bus that confuses busy with dead. */
  long: number;
};

const TOPIC = 'vitrine.test.v1';
const OTHER = 'vitrine.other.v1';

const record = (key: string, value: string, topic = TOPIC): BusRecord => ({ topic, key, headers: { ce_type: 'test.made' }, value });
const group = (name: string, deliver: SubscribeOptions['deliver'], options: Partial<SubscribeOptions> = {}): SubscribeOptions => ({
  group: name,
  topics: [TOPIC],
  concurrency: 8,
  redeliverAfter: 20,
  deliver,
  ...options,
});

/** What every bus does; the cases are the port's documentation. */
export function busConformance(name: string, open: () => Promise<BusUnderTest>, { long }: BusTestOptions): void {
  suite(`bus: ${name}`, () => {
    function busTest(title: string, run: (under: BusUnderTest, context: TestContext) => Promise<void>): void {
      test(title, async (context) => {
        const under = await open();
        try {
          await run(under, context);
        } finally {
          await under.dispose();
        }
      });
    }

    busTest('keeps key, headers and value as they were published', async ({ bus }) => {
      const seen: StoredRecord[] = [];
      const sent = { ...record('ключ', '{"ü":"\\n"}'), headers: { ce_type: 'a', traceparent: '00-1-1-00', note: 'é' } };
      const [position] = await bus.publish([sent]);
      await bus.subscribe(group('reader', async (got) => void seen.push(got)));
      await until('the record came', () => seen.length === 1);
      assert.deepEqual(seen, [{ ...sent, ...position }]);
    });

    busTest('keeps the order of one key while other keys run beside it', async ({ bus }) => {
      const seen: string[] = [];
      let most = 0;
      let running = 0;
      await bus.publish(Array.from({ length: 120 }, (_, n) => record(`key-${n % 6}`, String(n))));
      await bus.subscribe(
        group('reader', async ({ value }) => {
          most = Math.max(most, ++running);
          await new Promise((resolve) => setTimeout(resolve, Number(value) % 3));
          seen.push(value);
          running--;
        }),
      );
      await until('all came', () => seen.length === 120);
      for (let key = 0; key < 6; key++) {
        const ofKey = seen.map(Number).filter((n) => n % 6 === key);
        assert.deepEqual(
          ofKey,
          ofKey.toSorted((a, b) => a - b),
        );
      }
      assert.ok(most > 1, 'keys overlapped');
    });

    busTest('gives every group each record, also those published before it came', async ({ bus }) => {
      const seen = new Map<string, string[]>([
        ['one', []],
        ['two', []],
      ]);
      await bus.publish([record('a', '1'), record('b', '2')]);
      for (const [name, values] of seen) await bus.subscribe(group(name, async ({ value }) => void values.push(value)));
      await bus.publish([record('c', '3')]);
      await until('both have all', () => [...seen.values()].every((values) => values.length === 3));
      for (const values of seen.values()) assert.deepEqual(values.toSorted(), ['1', '2', '3']);
    });

    busTest('delivers again after a rejection, and the records of other keys meanwhile', async ({ bus }) => {
      const seen: string[] = [];
      let failures = 2;
      await bus.publish([record('a', 'poor'), record('a', 'after'), record('b', 'other')]);
      await bus.subscribe(
        group('reader', async ({ value }) => {
          if (value === 'poor' && failures-- > 0) throw new Error('not yet');
          seen.push(value);
        }),
      );
      await until('all came', () => seen.length === 3);
      assert.equal(seen[0], 'other');
      assert.deepEqual(seen.slice(1), ['poor', 'after']);
    });

    busTest('delivers again what was handled but not committed before a crash', async ({ bus, crash }) => {
      const first: string[] = [];
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await bus.publish([record('slow', '1'), record('quick', '2')]);
      await bus.subscribe(
        group('reader', async ({ value }) => {
          first.push(value);
          if (value === '1') await held;
        }),
      );
      await until('both began', () => first.length === 2);
      const again = await crash();
      const second: string[] = [];
      await again.subscribe(group('reader', async ({ value }) => void second.push(value)));
      await until('both came again', () => second.length === 2);
      release();
      assert.deepEqual(second.toSorted(), ['1', '2'], 'the commit is contiguous: 2 was done, but 1 before it was not');
    });

    busTest('goes on after the committed offset when opened again', async ({ bus, crash }) => {
      const first: string[] = [];
      await bus.publish([record('a', '1')]);
      await bus.subscribe(group('reader', async ({ value }) => void first.push(value)));
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0);
      const again = await crash();
      const second: string[] = [];
      await again.publish([record('a', '2')]);
      await again.subscribe(group('reader', async ({ value }) => void second.push(value)));
      await until('the second came', () => second.length > 0);
      assert.deepEqual([first, second], [['1'], ['2']]);
    });

    busTest('says how far a group lags', async ({ bus }) => {
      await bus.publish([record('a', '1'), record('b', '2'), record('a', '3', OTHER)]);
      assert.equal(await bus.lag('reader', TOPIC), 2);
      await bus.subscribe(group('reader', async () => {}));
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0);
    });

    busTest('begins no delivery while paused', async ({ bus }) => {
      const seen: string[] = [];
      const subscription = await bus.subscribe(group('reader', async ({ value }) => void seen.push(value)));
      subscription.pause();
      await bus.publish([record('a', '1')]);
      await new Promise((resolve) => setTimeout(resolve, 150));
      assert.deepEqual(seen, []);
      subscription.resume();
      await until('it came', () => seen.length === 1);
    });

    busTest('starts again at the earliest record after a rewind', async ({ bus }) => {
      const seen: string[] = [];
      await bus.publish([record('a', '1'), record('b', '2')]);
      const subscription = await bus.subscribe(group('reader', async ({ value }) => void seen.push(value)));
      await until('all came', () => seen.length === 2);
      let during = -1;
      await subscription.rewind([{ topic: TOPIC }], async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        during = seen.length;
      });
      assert.equal(during, 2, 'nothing is delivered meanwhile');
      await until('all came again', () => seen.length === 4);
      await bus.publish([record('c', '3')]);
      await until('the next came', () => seen.length === 5);
      assert.deepEqual(seen.toSorted(), ['1', '1', '2', '2', '3']);
    });

    busTest('reads again from a position, and in other topics from where it was', async ({ bus }) => {
      const seen: string[] = [];
      const positions = [];
      for (const value of ['1', '2', '3']) positions.push(...(await bus.publish([record('a', value)])));
      await bus.publish([record('a', 'other', OTHER)]);
      const subscription = await bus.subscribe(group('reader', async ({ value }) => void seen.push(value), { topics: [TOPIC, OTHER] }));
      await until('all came', () => seen.length === 4);
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) + (await bus.lag('reader', OTHER)) === 0);
      const second = positions[1];
      assert.ok(second);
      await subscription.rewind([{ topic: TOPIC, from: [second] }]);
      await until('two came again', () => seen.length === 6);
      await bus.publish([record('a', '4')]);
      await until('the next came', () => seen.length === 7);
      assert.deepEqual(seen.slice(4), ['2', '3', '4']);
    });

    busTest('delivers nothing while it rests, and everything afterwards', async ({ bus }) => {
      const seen: string[] = [];
      const subscription = await bus.subscribe(group('reader', async ({ value }) => void seen.push(value)));
      await subscription.rest(async () => {
        await bus.publish([record('a', '1')]);
        await new Promise((resolve) => setTimeout(resolve, 150));
        assert.deepEqual(seen, []);
      });
      await until('it came', () => seen.length === 1);
    });

    busTest('works on many keys of a partition while one of them takes long', async ({ bus }) => {
      const seen: string[] = [];
      let release = (): void => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await bus.publish([record('slow', 'slow'), ...Array.from({ length: 60 }, (_, n) => record(`key-${n}`, String(n)))]);
      await bus.subscribe(
        group('reader', async ({ value }) => {
          if (value === 'slow') await held;
          seen.push(value);
        }),
      );
      await until('the others are done', () => seen.length === 60);
      assert.ok((await bus.lag('reader', TOPIC)) > 0, 'the slow one holds the commit of what comes after it');
      release();
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0);
    });

    busTest('keeps what it works on however long that takes', async ({ bus }) => {
      const began: string[] = [];
      let ended = 0;
      await bus.publish([record('a', 'long')]);
      await bus.subscribe(
        group('reader', async ({ value }) => {
          began.push(value);
          if (value === 'long') await new Promise((resolve) => setTimeout(resolve, long));
          ended++;
        }),
      );
      await until('the long one ended', () => ended === 1, long + 20_000);
      await bus.publish([record('a', 'next')]);
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0);
      assert.deepEqual(began, ['long', 'next']);
    });

    busTest('gives every broadcast subscriber what is published after it came', async ({ bus }) => {
      const seen: string[][] = [[], []];
      await bus.publish([record('a', 'before')]);
      for (const values of seen) await bus.subscribe(group('cache', async ({ value }) => void values.push(value), { broadcast: true }));
      await bus.publish([record('a', '1'), record('b', '2')]);
      await until('both have both', () => seen.every((values) => values.length === 2));
      for (const values of seen) assert.deepEqual(values.toSorted(), ['1', '2']);
    });

    busTest('deals a group anew when members come and go: nothing lost, no key twice at once', async ({ bus, another }, context) => {
      if (!another) return context.skip('one process at a time has this bus');
      const running = new Set<string>();
      const seen = new Map<string, number>();
      const byMember = [0, 0];
      const member = (place: number) =>
        group(
          'reader',
          async ({ key, value }, signal) => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            if (signal.aborted) throw new Error('no longer mine');
            assert.ok(!running.has(key));
            running.add(key);
            seen.set(value, (seen.get(value) ?? 0) + 1);
            byMember[place] = (byMember[place] ?? 0) + 1;
            running.delete(key);
          },
          { redeliverAfter: 5 },
        );
      const publishing = (async () => {
        for (let n = 0; n < 40; n++) {
          await bus.publish(Array.from({ length: 20 }, (_, k) => record(`key-${k}`, `${n}/${k}`)));
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      })();
      await bus.subscribe(member(0));
      const second = await (await another()).subscribe(member(1));
      await until('both work', () => byMember.every((count) => count > 0));
      await second.close();
      await publishing;
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0, 30_000);
      assert.equal(seen.size, 800);
    });

    busTest('rewinds a group only when its other members rest', async ({ bus, another }, context) => {
      if (!another) return context.skip('one process at a time has this bus');
      const seen: string[] = [];
      await bus.publish(Array.from({ length: 10 }, (_, n) => record(`key-${n}`, String(n))));
      const deliver: SubscribeOptions['deliver'] = async ({ value }) => void seen.push(value);
      const first = await bus.subscribe(group('reader', deliver));
      const second = await (await another()).subscribe(group('reader', deliver));
      await until('no lag', async () => (await bus.lag('reader', TOPIC)) === 0);
      const before = seen.length;
      let rewound = false;
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const rewinding = first.rewind([{ topic: TOPIC }]).then(() => {
        rewound = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(rewound, false, 'the other member is still there');
      const resting = second.rest(() => woken);
      await rewinding;
      wake();
      await resting;
      await until('all came again', () => seen.length === before + 10);
    });

    busTest('reads one stored record by its position', async ({ bus }) => {
      const [first, second] = await bus.publish([record('a', '1'), record('a', '2')]);
      assert.ok(first && second);
      assert.equal((await bus.read(TOPIC, second))?.value, '2');
      assert.equal(await bus.read(TOPIC, { partition: second.partition, offset: second.offset + 100 }), undefined);
    });

    busTest('keeps dead letters in a topic of the group', async ({ bus }) => {
      await bus.subscribe(group('reader', async () => {}));
      const letter = record('a', '1', `${TOPIC}.reader.dlq`);
      const [position] = await bus.publish([letter]);
      assert.ok(position);
      assert.deepEqual(await bus.read(letter.topic, position), { ...letter, ...position });
    });

    busTest('refuses a topic that the registry does not know', async ({ bus }) => {
      await assert.rejects(
        bus.publish([record('a', '1', 'vitrine.typo.v1')]),
        (error) => error instanceof Problem && error.code === 'unexpected',
      );
    });

    busTest('ends the delivery under way when it closes, and repeats it when that failed', async ({ bus, crash }) => {
      let aborted = false;
      await bus.publish([record('a', '1')]);
      const subscription = await bus.subscribe(
        group(
          'reader',
          (_, signal) =>
            new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => {
                aborted = true;
                reject(new Error('closing'));
              }),
            ),
        ),
      );
      await new Promise((resolve) => setTimeout(resolve, 50));
      await subscription.close();
      assert.equal(aborted, true);
      const seen: string[] = [];
      await (await crash()).subscribe(group('reader', async ({ value }) => void seen.push(value)));
      await until('it came again', () => seen.length === 1);
    });
  });
}
