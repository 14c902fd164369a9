import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { weightedTurns } from '../src/weighted-turns.ts';

test('never more at once than the weight that is allowed, and all of it in the end, in the order in which it came', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.integer({ min: 0, max: 15 }), fc.boolean()), { maxLength: 30 }), async (works) => {
      const turn = weightedTurns(10);
      let busy = 0;
      const begun: number[] = [];
      const ends = await Promise.allSettled(
        works.map(([weight, fails], place) =>
          turn(weight, async () => {
            begun.push(place);
            busy += Math.min(Math.max(1, weight), 10);
            assert.ok(busy <= 10);
            await new Promise(setImmediate);
            busy -= Math.min(Math.max(1, weight), 10);
            if (fails) throw new Error('failed');
          }),
        ),
      );
      assert.deepEqual(
        begun,
        works.map((_, place) => place),
      );
      assert.deepEqual(
        ends.map(({ status }) => status),
        works.map(([, fails]) => (fails ? 'rejected' : 'fulfilled')),
      );
    }),
  ));
