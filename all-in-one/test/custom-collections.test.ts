import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string) => ({
  id,
  title: `The ${id}`,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});

async function published(running: InProcess, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) running.museum.publish(entry(id));
  for (const id of ids)
    await until(`${id} is there`, async () => (await running.get(`/iiif/presentation/3/manifests/museum-${id}`)).status === 200);
}

const canvasOf = ({ vitrine }: InProcess, id: string) => `${vitrine().publicUrl}/iiif/presentation/canvas/museum-${id}/museum-${id}-${id}`;

function send(
  { vitrine }: InProcess,
  method: string,
  slug: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${vitrine().publicUrl}/api/v1/collections/${slug}`, {
    method,
    headers: {
      authorization: `Bearer ${vitrine().token.token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

const tagOf = (reply: Response): string => reply.headers.get('etag') ?? assert.fail('no ETag');
const best = (...objects: readonly string[]) => ({
  label: { en: ['Best'] },
  publishedAs: 'collection',
  items: objects.map((id) => ({ object: `museum-${id}` })),
});

suite('collections that people make', () => {
  test('made, read, changed by who has read it, removed', () =>
    inProcess(async (running) => {
      await published(running, 'vase', 'bowl');
      const created = await send(running, 'PUT', 'best', best('vase'));
      assert.equal(created.status, 201);
      const first = tagOf(created);
      const read = await send(running, 'GET', 'best', undefined);
      assert.equal(tagOf(read), first);
      const { collection } = await read.json();
      assert.deepEqual(collection, best('vase'));
      assert.equal((await send(running, 'GET', 'best', undefined, { 'if-none-match': first })).status, 304);

      assert.equal((await send(running, 'PUT', 'best', best('bowl'))).status, 428, 'who has not read it');
      assert.equal((await send(running, 'PUT', 'best', best('bowl'), { 'if-none-match': '*' })).status, 412, 'who thinks it is new');
      const changed = await send(running, 'PUT', 'best', best('bowl', 'vase'), { 'if-match': first });
      assert.equal(changed.status, 200);
      assert.equal((await send(running, 'PUT', 'best', best('vase'), { 'if-match': first })).status, 412, 'who read what was before');
      assert.equal((await send(running, 'PUT', 'other', best('vase'), { 'if-match': first })).status, 412, 'who thinks it is there');

      const shown = await running.json('/iiif/presentation/3/collections/best');
      assert.deepEqual(
        (shown['items'] as { id: string }[]).map(({ id }) => id.slice(id.lastIndexOf('/') + 1)),
        ['museum-bowl', 'museum-vase'],
      );
      const { collections } = await running.operator('/api/v1/collections');
      assert.deepEqual((collections as { slug: string }[])[0]?.slug, 'best');

      assert.equal((await send(running, 'DELETE', 'best', undefined)).status, 428);
      assert.equal((await send(running, 'DELETE', 'best', undefined, { 'if-match': tagOf(changed) })).status, 204);
      assert.equal((await send(running, 'GET', 'best', undefined)).status, 404);
      assert.equal((await running.get('/iiif/presentation/3/collections/best')).status, 404);
    }));

  test('canvases and regions as one manifest, each version, each canvas at its address, and after the derived state was dropped', () =>
    inProcess(async (running) => {
      await published(running, 'vase', 'bowl');
      const items = [
        { object: 'museum-bowl', canvas: canvasOf(running, 'bowl'), region: { x: 10, y: 20, width: 100, height: 50 } },
        { object: 'museum-vase', canvas: canvasOf(running, 'vase') },
      ];
      const chosen = { label: { en: ['Details'] }, publishedAs: 'manifest', items };
      assert.equal((await send(running, 'PUT', 'details', chosen)).status, 201);
      const manifest = await running.json('/iiif/presentation/3/custom/details');
      const [region] = manifest['items'] as { id: string; items: { items: { body: { id: string } }[] }[] }[];
      const cut = await running.get(region?.items[0]?.items[0]?.body.id ?? '');
      assert.deepEqual([cut.status, cut.headers.get('content-type')], [200, 'image/jpeg'], 'the image service cuts it');
      assert.equal((await running.json(region?.id ?? ''))['id'], region?.id);
      assert.equal((await running.json('/iiif/presentation/2/custom/details'))['@type'], 'sc:Manifest');
      const members = (await running.json('/iiif/presentation/3/collections/details'))['items'] as { id: string; type: string }[];
      assert.deepEqual(
        members.map(({ id, type }) => [id, type]),
        [[manifest['id'], 'Manifest']],
      );

      await running.operator('/api/v1/replay', { all: true, dropDerived: true });
      await until('it is as it was', async () => {
        const again = await running.get('/iiif/presentation/3/custom/details');
        return again.status === 200 && (await again.text()) === JSON.stringify(manifest);
      });
      running.museum.withdraw('vase');
      await until('what is withdrawn is in it no longer', async () => {
        const left = (await running.json('/iiif/presentation/3/custom/details'))['items'];
        return Array.isArray(left) && left.length === 1;
      });
    }));

  test('what can’t be published is refused with a sentence', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      const region = { x: 0, y: 0, width: 1000, height: 10 };
      const canvas = canvasOf(running, 'vase');
      const as = (publishedAs: string, ...items: readonly unknown[]) => ({ label: { en: ['B'] }, publishedAs, items });
      const bad: readonly (readonly [string, unknown, number, RegExp])[] = [
        ['best', as('collection'), 400, /items/],
        ['best', as('album', { object: 'museum-vase' }), 400, /publishedAs/],
        ['best', { ...best('vase'), label: 'Best' }, 400, /label/],
        ['best', { ...best('vase'), more: 1 }, 400, /more|additional/],
        ['best', { ...best('vase'), label: {} }, 422, /label: says nothing/],
        ['best', { ...best('vase'), label: { en: ['<b> </b>'] } }, 422, /label: says nothing/],
        ['best', { ...best('vase'), label: { 'not a lang!!': ['x'] } }, 422, /label/],
        ['best', { ...best('vase'), items: [{ object: 'museum-vase', label: { 'zz zz': ['q'] } }] }, 422, /label/],
        ['best', as('collection', { object: '../../etc' }), 400, /object/],
        ['best', as('collection', ...Array.from({ length: 1001 }, () => ({ object: 'museum-vase' }))), 400, /items/],
        ['best', best('none'), 422, /items\/0: no object is published as museum-none/],
        ['best', as('collection', { object: 'museum-vase', canvas }), 422, /a collection holds manifests/],
        ['best', as('manifest', { object: 'museum-vase', canvas: `${canvas}x` }), 422, /is no canvas of museum-vase/],
        ['best', as('manifest', { object: 'museum-vase', canvas, region }), 422, /outside/],
        ['root', best('vase'), 400, /can't name a collection/],
        ['source-museum', best('vase'), 400, /can't name a collection/],
        ['Best', best('vase'), 400, /can't name a collection/],
      ];
      for (const [slug, body, status, detail] of bad) {
        const reply = await send(running, 'PUT', slug, body);
        const problem = await reply.json();
        assert.equal(reply.status, status, `${slug} ${JSON.stringify(body).slice(0, 100)}: ${JSON.stringify(problem)}`);
        assert.match(problem.detail, detail);
      }
    }));

  test('markup is cleaned', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      const body = { ...best('vase'), label: { en: ['<b>Best</b>'] }, summary: { en: ['<p>Good<script>alert(1)</script></p>'] } };
      await send(running, 'PUT', 'best', body);
      const { label, summary } = await running.json('/iiif/presentation/3/collections/best');
      assert.deepEqual([label, summary], [{ en: ['Best'] }, { en: ['<p>Good</p>'] }]);
      assert.deepEqual(
        (await running.json('/iiif/presentation/2/collections/best'))['description'],
        { '@language': 'en', '@value': '<p>Good</p>' },
        '2.1 says it too',
      );
    }));

  test('a manifest in which nothing is left is listed nowhere', () =>
    inProcess(async (running) => {
      await published(running, 'vase');
      await send(running, 'PUT', 'details', { ...best('vase'), publishedAs: 'manifest' });
      running.museum.withdraw('vase');
      await until('it is gone', async () => (await running.get('/iiif/presentation/3/custom/details')).status === 404);
      for (const version of [3, 2]) {
        const { items, manifests } = await running.json(`/iiif/presentation/${version}/collections/details`);
        assert.deepEqual(items ?? manifests, [], String(version));
      }
    }));

  test('a body that is too large is 413', () =>
    inProcess(async (running) => {
      const reply = await send(running, 'PUT', 'best', { ...best('vase'), summary: { en: ['x'.repeat(1_500_000)] } });
      assert.equal(reply.status, 413);
      assert.match((await reply.json()).type, /request-too-large/);
    }));
});
