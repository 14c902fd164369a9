import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { inProcess } from './in-process.ts';

const entry = (id: string, title = `The ${id}`) => ({
  id,
  title,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});

test('a site asks for an object by id, by its record, by source, and for what changed since a time', () =>
  inProcess(async ({ museum, publisher, get, json }) => {
    const ids = async (query: string): Promise<string[]> => {
      const { objects } = await json(`/api/v1/objects${query}`);
      return Array.isArray(objects) ? objects.map(({ id, state }) => `${id} ${state}`) : [];
    };
    museum.publish(entry('bowl'));
    museum.publish(entry('vase'));
    await until('both are there', async () => (await ids('')).length === 2);
    assert.deepEqual(await ids(''), ['museum-bowl published', 'museum-vase published']);

    const record = `${publisher.base}/objects/vase`;
    assert.deepEqual(await ids(`?record=${encodeURIComponent(record)}`), ['museum-vase published']);
    assert.deepEqual(await ids('?record=https://elsewhere.example/1'), []);
    assert.deepEqual(await ids('?source=museum'), ['museum-bowl published', 'museum-vase published']);
    assert.deepEqual(await ids('?source=other'), []);

    const vase = await json('/api/v1/objects/museum-vase');
    assert.deepEqual(
      [vase['label'], vase['images'], vase['source'], vase['record'], vase['revision']],
      [{ en: ['The vase'] }, 1, 'museum', record, 1],
    );
    for (const name of ['manifest', 'manifest2', 'thumbnail']) assert.equal((await get(String(vase[name]))).status, 200, name);

    const before = String(vase['changed']);
    const later = new Date(Date.parse(before) + 1).toISOString();
    museum.withdraw('bowl');
    await until('the bowl is gone', async () => (await get('/api/v1/objects/museum-bowl')).status === 410);
    assert.deepEqual(await ids(`?since=${later}`), ['museum-bowl withdrawn']);
    assert.deepEqual(await ids(''), ['museum-vase published']);
    assert.equal((await get('/api/v1/objects/museum-none')).status, 404);
    for (const query of ['?since=yesterday', '?source=museum&record=x'])
      assert.equal((await get(`/api/v1/objects${query}`)).status, 400, query);
  }));
