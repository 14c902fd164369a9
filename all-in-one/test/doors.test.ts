import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { accessAssigned } from '@vitrine/contracts/events/access-assigned.ts';
import { accessPolicyPublished } from '@vitrine/contracts/events/access-policy-published.ts';
import { routes } from '@vitrine/contracts/routes.ts';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { createPublisher, outgoing } from '@vitrine/platform/events/publisher.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const entry = (id: string) => ({
  id,
  title: `The ${id}`,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }), alto: altoPage(['secret'], 300, 200) }],
  parts: [{ label: `Part of the ${id}`, images: [id] }],
});

/** A route's path for an object of the test. */
const addressed = (path: string, object: string, { region = '', base = '' } = {}) =>
  path
    .replace(':object', `museum-${object}`)
    .replace(':image', `museum-${object}-${object}`)
    .replace(':region/:size/:rotation/:file', 'full/max/0/default.jpg')
    .replace(':annotation', 'painting')
    .replace(':range', '1')
    .replace(':revision', '1')
    .replace(':page', 'page-1')
    .replace(':region', region)
    .replace(':collection', path.includes('/collections/') ? 'root' : 'chosen') +
  (path.includes('/search/') ? '?q=secret' : '') +
  (path === '/api/v1/changes' ? '?after=0' : '') +
  (path === '/oembed' ? `?url=${base}/objects/museum-${object}` : '');

const doors = routes.filter(({ audience }) => audience === 'door').map(({ path }) => path);
const lists = routes.filter(({ audience }) => audience === 'list').map(({ path }) => path);
const operators = routes.filter(({ audience }) => audience === 'operator');

/** A person's choice of canvases of objects, and of a region of the first; answers the name of the region. */
async function choose({ vitrine, operator, json }: InProcess, ...objects: readonly string[]): Promise<string> {
  const canvas = (id: string) => `${vitrine().publicUrl}/iiif/presentation/canvas/museum-${id}/museum-${id}-${id}`;
  const [first = ''] = objects;
  const items = [
    { object: `museum-${first}`, canvas: canvas(first), region: { x: 0, y: 0, width: 10, height: 10 } },
    ...objects.map((id) => ({ object: `museum-${id}`, canvas: canvas(id) })),
  ];
  const collection = { label: { en: ['Chosen'] }, publishedAs: 'manifest', items };
  // Also what the public may not see is published, and can be chosen.
  await until(
    'all of them can be chosen',
    async () => (await operator('/api/v1/collections/chosen', collection, 'PUT'))['slug'] === 'chosen',
  );
  const { items: canvases } = await json('/iiif/presentation/3/custom/chosen');
  const id: unknown = Array.isArray(canvases) ? canvases[0]?.id : undefined;
  return String(id).slice(String(id).lastIndexOf('/') + 1);
}

async function assign({ adapters }: InProcess, object: string, assigned: 'open' | 'closed', revision: number, policy = 1): Promise<void> {
  await createPublisher(
    'auth',
    adapters(),
  )(outgoing(accessAssigned, { object: `museum-${object}`, revision, class: assigned, policy }, {}));
}

const statusOf = async ({ get }: InProcess, path: string) => (await get(path)).status;

suite('R11: every door asks access before anything else', () => {
  test('under policies: refused without an assignment, open where open, refused where closed or older than a tightening', () =>
    inProcess(
      async (running) => {
        const { museum, get, adapters, vitrine } = running;
        const base = vitrine().publicUrl;
        for (const id of ['shown', 'hidden', 'unassigned']) museum.publish(entry(id));
        await assign(running, 'shown', 'open', 1);
        await assign(running, 'hidden', 'closed', 1);
        await until(
          'the shown object is there',
          async () => (await statusOf(running, addressed('/iiif/presentation/3/manifests/:object', 'shown'))) === 200,
        );
        await until('its page is there', async () => (await statusOf(running, '/objects/museum-shown')) === 200);
        await until(
          'its text is there',
          async () => ((await running.json(addressed('/iiif/search/2/manifests/:object', 'shown')))['items'] as unknown[])?.length === 1,
        );
        for (const id of ['hidden', 'unassigned'])
          await until(`${id} is converted`, async () => (await statusOf(running, addressed('/iiif/image/3/:image', id))) === 403);
        const region = await choose(running, 'shown', 'hidden', 'unassigned');
        for (const path of doors) {
          const shown = await get(addressed(path, 'shown', { base }));
          assert.ok(shown.status === 200 || shown.status === 303, `${path} is ${shown.status}`);
          assert.equal(shown.headers.get('cache-control'), 'private, no-store', path);
          for (const object of ['hidden', 'unassigned']) {
            const refused = await get(addressed(path, object, { base }));
            assert.equal(refused.status, 403, `${path} of ${object}`);
            assert.doesNotMatch(await refused.text(), /The (hidden|unassigned)/, 'nothing of the object is said');
          }
        }
        for (const path of lists) {
          const text = await (await get(addressed(path, '', { region }))).text();
          // What the public may not see is not counted either.
          assert.match(text, path.endsWith('/autocomplete') ? /"secret",.*"(total|count)":1\b/ : /The shown|museum-shown/, path);
          assert.doesNotMatch(text, /hidden|unassigned/, path);
        }
        const across = await running.json('/api/v1/search?q=secret&limit=1');
        assert.deepEqual(Object.keys(across), ['q', 'items'], 'neither counts nor a next page tell of what may not be seen');
        // A tightened policy closes what was assigned before it, by one event.
        await createPublisher(
          'auth',
          adapters(),
        )(outgoing(accessPolicyPublished, { policy: 'policy', version: 2, tightened: 2 }, {}, 'policy@2'));
        for (const path of doors)
          await until(`${path} is closed`, async () => (await statusOf(running, addressed(path, 'shown', { base }))) === 403);
        await assign(running, 'shown', 'open', 2, 2);
        for (const path of doors)
          await until(`${path} is open again`, async () =>
            [200, 303].includes(await statusOf(running, addressed(path, 'shown', { base }))),
          );
        // An older assignment that comes late changes nothing.
        await assign(running, 'shown', 'closed', 1, 2);
        await assign(running, 'hidden', 'open', 2, 2);
        await until('the hidden one is open', async () => (await statusOf(running, '/objects/museum-hidden')) === 200);
        assert.equal(await statusOf(running, '/objects/museum-shown'), 200);
      },
      { VITRINE_ACCESS: 'policies' },
    ));

  test('every route of the table is answered, and every other address is a problem', () =>
    inProcess(async (running) => {
      const { museum, get, vitrine } = running;
      museum.publish(entry('vase'));
      await until('the vase is there', async () => (await get('/objects/museum-vase')).status === 200);
      const region = await choose(running, 'vase');
      for (const { method, path, audience } of routes) {
        if (method !== 'GET' || audience === 'operator') continue;
        const { status } = await get(
          addressed(path, 'vase', { region, base: vitrine().publicUrl }).replace(':file', 'style.css').replace(':code', 'unexpected'),
        );
        assert.ok(status === 200 || status === 303, `${path} is ${status}`);
      }
      const page = await get('/objects/%3Cscript%3E', { accept: 'text/html,*/*;q=0.8' });
      assert.deepEqual([page.status, page.headers.get('content-type')], [404, 'text/html; charset=utf-8']);
      assert.match(await page.text(), /<h1>No such object<\/h1>/);
      for (const path of [
        '/nothing',
        '/objects/none',
        '/iiif/image/3/none/info.json',
        '/iiif/presentation/3/manifests/none',
        '/iiif/search/2/manifests/none?q=x',
        '/iiif/image/3/a%2Fb/info.json',
        '/assets/..%2f..%2fservice.ts',
        '/%',
        '/iiif/image/3/__proto__/info.json',
      ]) {
        const reply = await get(path);
        assert.ok(reply.status === 404 || reply.status === 400, `${path} is ${reply.status}`);
        assert.equal(reply.headers.get('content-type'), 'application/problem+json; charset=utf-8', path);
        assert.match(String(JSON.parse(await reply.text()).type), /\/api\/v1\/problems\//);
      }
    }));
});

suite('operators', () => {
  test('every operator’s address wants a token', () =>
    inProcess(async ({ vitrine }) => {
      for (const { method, path } of operators) {
        for (const authorization of [undefined, 'Bearer wrong', `Basic ${vitrine().token.token}`, vitrine().token.token]) {
          const reply = await fetch(`${vitrine().publicUrl}${path}`, {
            method,
            ...(authorization === undefined ? {} : { headers: { authorization } }),
          });
          assert.equal(reply.status, 401, `${method} ${path} with ${authorization}`);
          assert.equal(reply.headers.get('www-authenticate'), 'Bearer');
          assert.equal(reply.headers.get('access-control-allow-origin'), null, 'no other page may read it');
        }
      }
    }));

  test('a body that is none of theirs is refused with a sentence', () =>
    inProcess(async ({ operator }) => {
      for (const body of [{}, { all: false }, { id: 7 }, { all: true, more: 1 }, []])
        assert.equal((await operator('/api/v1/failures/replay', body))['status'], 400);
      assert.equal((await operator('/api/v1/replay', { dropDerived: true }))['status'], 400);
    }));
});
