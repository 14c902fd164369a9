import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '@vitrine/platform/until.ts';
import { AdaptiveLimit } from '../src/adaptive-limit.ts';
import { withSite } from './site.ts';

const DAY = 24 * 60 * 60 * 1000;
const inline = (...items: unknown[]) => ({
  body: { '@context': 'http://iiif.io/api/discovery/1/context.json', id: '{base}/stream', type: 'OrderedCollection', orderedItems: items },
});
const update = (name: string, time: string) => ({ type: 'Update', object: { id: `{base}/r/${name}`, type: 'Manifest' }, endTime: time });

suite('a record that answers 404', () => {
  for (const [missing, events] of [
    ['withdraw', ['withdrawn site-a']],
    ['keep', []],
  ] as const)
    test(`is suspected at first; after days of grace it is ${missing === 'keep' ? 'kept' : 'withdrawn'}, as its source’s policy says`, async () => {
      let later = 0;
      const now = () => new Date(Date.now() + later);
      await withSite({ now, definition: { policy: { missing, missingDays: 3 } } }, async ({ answers, look, stores }) => {
        answers.set('/stream', inline(update('a', '2024-01-01T00:00:00Z')));
        assert.deepEqual(await look(), ['harvested site-a']);
        answers.set('/r/a', { status: 404 });
        answers.set('/stream', inline(update('a', '2024-01-02T00:00:00Z')));
        assert.deepEqual(await look(), []);
        assert.equal((await stores.pending.list({ limit: 9 })).items.length, 1, 'it is asked again');
        later = 2 * DAY;
        assert.deepEqual(await look(), []);
        later = 4 * DAY;
        assert.deepEqual(await look(), events);
        assert.equal((await stores.pending.list({ limit: 9 })).items.length, 0, 'it is given up');
        answers.delete('/r/a');
        answers.set('/stream', inline(update('a', '2024-01-06T00:00:00Z')));
        assert.deepEqual(await look(), ['harvested site-a'], 'a new activity begins anew');
      });
    });
});

test('a record whose host is away is asked again on a schedule of its own, until it is there', () =>
  withSite({}, async ({ answers, look, stores, adapters }) => {
    answers.set('/r/a', { status: 503, headers: { 'retry-after': '1' } });
    answers.set('/stream', inline(update('a', '2024-01-01T00:00:00Z')));
    assert.deepEqual(await look(), []);
    const { items } = await stores.pending.list({ limit: 9 });
    assert.deepEqual([items.length, items[0]?.value.attempts], [1, 1]);
    answers.delete('/r/a');
    await until('it is there', async () => (await adapters.bus.read('vitrine.object.v1', { partition: 0, offset: 1 })) !== undefined);
    await until('it waits no longer', async () => (await stores.pending.list({ limit: 9 })).items.length === 0);
  }));

suite('requests at once', () => {
  test('rise while a host is quick, to what was set and no further', () => {
    const limit = new AdaptiveLimit(8);
    assert.equal(limit.limit, 4);
    for (let n = 0; n < 100; n++) limit.answered(5);
    assert.equal(limit.limit, 8);
  });

  test('are halved when it slows down or fails, and never none', () => {
    const limit = new AdaptiveLimit(8);
    for (let n = 0; n < 100; n++) limit.answered(30);
    limit.slowDown();
    assert.equal(limit.limit, 4);
    for (let n = 0; n < 6; n++) limit.answered(900);
    assert.ok(limit.limit < 4);
    for (let n = 0; n < 10; n++) limit.slowDown();
    assert.equal(limit.limit, 1);
  });

  test('a stop ends all who wait for their turn, however many they are: a harvester with very many records under way hung at its end', async () => {
    const limit = new AdaptiveLimit(2);
    const stopping = new AbortController();
    let end = () => {};
    const held = new Promise<void>((resolve) => {
      end = resolve;
    });
    const all = Array.from({ length: 100 }, () => limit.run(() => held, stopping.signal));
    await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    end();
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), 1000).unref());
    const outcomes = await Promise.race([Promise.allSettled(all), late]);
    assert.notEqual(outcomes, 'late');
    assert.equal(Array.isArray(outcomes) && outcomes.filter(({ status }) => status === 'fulfilled').length, 2);
  });

  test('are never more than the limit', async () => {
    const limit = new AdaptiveLimit(3);
    let [running, most] = [0, 0];
    const { signal } = new AbortController();
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
    };
    await Promise.all(Array.from({ length: 40 }, () => limit.run(work, signal)));
    assert.equal(most, 3);
  });
});
