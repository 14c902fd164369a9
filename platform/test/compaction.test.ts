import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { topics } from '@vitrine/contracts/topics.ts';
import { openSqliteBus } from '../src/bus/sqlite.ts';
import { temporaryFolder } from '../src/temporary-folder.ts';
import { until } from '../src/until.ts';

const DAY = 24 * 60 * 60 * 1000;

/** Publishes at day 0, opens again at day `days`, and says which of the offsets 1 to 3 are still there. */
async function keptAfter(topic: string, days: number, keys: readonly string[], group?: string): Promise<number[]> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'bus.sqlite');
  const first = await openSqliteBus({ file, topics, now: () => 0 });
  await first.publish(keys.map((key) => ({ topic, key, headers: {}, value: '{}' })));
  if (group !== undefined) {
    await first.subscribe({ group, topics: [topic], concurrency: 1, redeliverAfter: 10, deliver: async () => {} });
    await until('all is read', async () => (await first.lag(group, topic)) === 0);
  }
  await first.close();
  const second = await openSqliteBus({ file, topics, now: () => days * DAY });
  const kept: number[] = [];
  for (const offset of [1, 2, 3]) if (await second.read(topic, { partition: 0, offset })) kept.push(offset);
  const [position] = await second.publish([{ topic, key: 'next', headers: {}, value: '{}' }]);
  assert.equal(position?.offset, 4, 'an offset is never given twice');
  await second.close();
  await folder.remove();
  return kept;
}

suite('the embedded log forgets what it may', () => {
  test('of an entity’s topic only the newest event of a key stays, for ever', async () =>
    assert.deepEqual(await keptAfter('vitrine.object.v1', 400, ['a', 'b', 'a']), [2, 3]));
  test('work that was done goes after a week', async () =>
    assert.deepEqual(await keptAfter('vitrine.conversion.v1', 8, ['a', 'b', 'a'], 'converter'), []));
  test('work of this week stays', async () =>
    assert.deepEqual(await keptAfter('vitrine.conversion.v1', 6, ['a', 'b', 'a'], 'converter'), [1, 2, 3]));
  test('work that nobody has read stays: a laptop may be closed for a month', async () =>
    assert.deepEqual(await keptAfter('vitrine.conversion.v1', 30, ['a', 'b', 'a']), [1, 2, 3]));
});
