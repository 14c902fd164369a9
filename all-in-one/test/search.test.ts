import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { altoPage, picture } from '@vitrine/demo/pictures.ts';
import { sweepUnused } from '@vitrine/platform/blobs/sweep-unused.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { until } from '@vitrine/platform/until.ts';
import { openStores } from '@vitrine/search/stores.ts';
import { superseded } from '@vitrine/search/sweep.ts';
import { type InProcess, inProcess } from './in-process.ts';

const master = picture({ width: 500, height: 200, seed: 3, format: 'jpeg' as const });
const page = (id: string, ...words: readonly string[]) => ({ id, master, alto: altoPage(words, 500, 200) });
const many = Array.from({ length: 80 }, () => 'sea');

const book = {
  id: 'book',
  title: 'The Whale',
  maker: 'Herman Melville',
  type: 'Novel',
  date: { display: '1851', begin: '1851-01-01T00:00:00Z', end: '1851-12-31T00:00:00Z' },
  images: [page('one', 'call', 'me', 'ishmael', 'whale'), page('two', 'the', 'white', 'whale'), page('three', ...many)],
  parts: [{ label: 'Loomings', images: ['one'] }],
};
const log = {
  id: 'log',
  title: 'Log of the Acushnet',
  maker: 'Valentine Pease',
  type: 'Manuscript',
  date: { display: '1840 to 1845', begin: '1840-01-01T00:00:00Z', end: '1845-12-31T00:00:00Z' },
  images: [page('log-one', 'white', 'whales', 'seen')],
};
const vase = { id: 'vase', title: 'Vase with a whale', type: 'Vase', images: [{ id: 'vase', master }] };

type Document = Record<string, unknown>;

const isDocument = (value: unknown): value is Document => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly Document[] => (Array.isArray(value) ? value.filter(isDocument) : []);
const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((one, name) => (isDocument(one) ? one[name] : undefined), value);
const targets = (document: Document) => list(document['items']).map(({ target }) => String(target).replace(/^.*\/canvas\//, ''));

async function published(running: InProcess): Promise<void> {
  const { museum, json } = running;
  for (const entry of [book, log, vase]) museum.publish(entry);
  const shown = async (object: string, q: string) =>
    list((await json(`/iiif/search/2/manifests/museum-${object}?q=${q}`))['items']).length > 0;
  await until('their words are found', async () => (await shown('book', 'sea')) && (await shown('log', 'seen')));
  await until('the vase is found', async () => list((await json('/api/v1/search?q=vase'))['items']).length === 1);
  await until('all images are shown', async () => (await json('/iiif/search/2/manifests/museum-book?q=sea'))['startIndex'] === 0);
}

suite('search', () => {
  test('in a manifest, a range, a collection, and across the museum', () =>
    inProcess(async (running) => {
      await published(running);
      const { json, get, vitrine } = running;
      const base = vitrine().publicUrl;

      // A manifest declares what it has, and the addresses are there.
      const manifest = await json('/iiif/presentation/3/manifests/museum-book');
      for (const service of list(manifest['service'])) {
        const id = String(service['id'] ?? service['@id']);
        assert.equal((await get(`${id}?q=whale`)).status, 200, id);
        const [completion] = list(service['service']);
        assert.equal((await get(`${String(completion?.['id'] ?? completion?.['@id'])}?q=wh`)).status, 200);
      }

      // Phrases go on over the end of a page.
      assert.deepEqual(targets(await json('/iiif/search/2/manifests/museum-book?q=%22whale%20the%20white%22')), [
        'museum-book/museum-book-one#xywh=320,40,80,30',
        'museum-book/museum-book-two#xywh=20,40,180,30',
      ]);

      // A range has its own images.
      assert.equal(list((await json('/iiif/search/2/ranges/museum-book/1?q=whale'))['items']).length, 1);
      assert.equal((await get('/iiif/search/2/ranges/museum-book/2?q=whale')).status, 404);

      // Pages of results: stable addresses, totals of annotations and of matches apart.
      const first = await json('/iiif/search/2/manifests/museum-book?q=sea');
      const second = await json(String(at(first['next'], 'id')));
      assert.deepEqual([list(first['items']).length, list(second['items']).length], [50, 30]);
      assert.deepEqual([at(first['partOf'], 'total'), second['startIndex'], second['next']], [80, 50, undefined]);
      assert.equal(at(list(first['annotations'])[0]?.['partOf'], 'total'), 80);
      assert.equal(at(second['prev'], 'id'), first['id']);
      assert.equal((await get('/iiif/search/2/manifests/museum-book?q=sea&page=3')).status, 404);
      const all = await json('/iiif/search/1/manifests/museum-book?q=sea');
      assert.deepEqual([at(all['within'], 'total'), list(all['resources']).length, all['next']], [80, 80, undefined]);

      // What was not found may have been meant otherwise; the link says so often as it says.
      const misspelt = await json('/iiif/search/2/manifests/museum-book?q=whael');
      const [suggestion] = list(misspelt['suggestions']);
      assert.deepEqual([misspelt['items'], suggestion?.['value'], suggestion?.['total']], [[], 'whale', 2]);
      assert.equal(list((await json(String(suggestion?.['id'])))['items']).length, 2);

      // Filters that words of OCR don't have find nothing; their motivation does.
      for (const [filter, count] of [
        ['motivation=supplementing', 2],
        ['motivation=painting%20commenting', 2],
        ['motivation=commenting', 0],
        ['user=https%3A%2F%2Fexample.org%2Fme', 0],
        ['date=1850-01-01T00:00:00Z/1851-01-01T00:00:00Z', 0],
      ] as const) {
        const found = await json(`/iiif/search/2/manifests/museum-book?q=whale&${filter}`);
        assert.deepEqual([list(found['items']).length, found['ignored']], [count, undefined], filter);
      }
      assert.deepEqual(
        (await json('/iiif/search/2/manifests/museum-book?q=whale&date=soon'))['ignored'],
        ['date'],
        'what can’t be read is left out, and said',
      );

      // Completions, and the search that finds as many.
      const terms = list((await json('/iiif/search/2/manifests/museum-book/autocomplete?q=wh'))['items']);
      assert.deepEqual(
        terms.map(({ value, total }) => [value, total]),
        [
          ['whale', 2],
          ['white', 1],
        ],
      );
      assert.equal(list((await json(String(list(terms[0]?.['service'])[0]?.['id'])))['items']).length, 2);
      assert.deepEqual(
        list((await json('/iiif/search/1/manifests/museum-book/autocomplete?q=wh&min=2'))['terms']).map(({ match, count }) => [
          match,
          count,
        ]),
        [['whale', 2]],
      );

      // A collection: each hit says its manifest.
      const collection = list((await json('/iiif/search/2/collections/root?q=white'))['items']);
      assert.deepEqual(
        collection.map(({ target }) => [at(target, 'partOf', 'id'), at(target, 'partOf', 'label', 'en')]),
        [
          [`${base}/iiif/presentation/3/manifests/museum-book`, ['The Whale']],
          [`${base}/iiif/presentation/3/manifests/museum-log`, ['Log of the Acushnet']],
        ],
      );
      assert.deepEqual(
        list((await json('/iiif/search/2/collections/source-museum/autocomplete?q=wha'))['items']).map(({ value, total }) => [
          value,
          total,
        ]),
        [
          ['whale', 2],
          ['whales', 1],
        ],
      );
      assert.equal((await get('/iiif/search/2/collections/none?q=white')).status, 404);
      const pages: unknown[] = [];
      for (let next: unknown = '/iiif/search/2/collections/root?q=sea'; typeof next === 'string'; ) {
        const one = await json(next);
        pages.push(list(one['items']).length);
        next = at(one['next'], 'id');
      }
      assert.deepEqual(pages, [50, 30]);
    }));

  test('across the museum: words anywhere, labels, facets, times, sorts', () =>
    inProcess(
      async (running) => {
        await published(running);
        const { json, get } = running;
        const ids = async (query: string) => list((await json(`/api/v1/search?${query}`))['items']).map(({ id }) => id);
        for (const [query, expected] of [
          ['q=whale&sort=id', ['museum-book', 'museum-vase']],
          ['q=%22white%20whales%22', ['museum-log']],
          ['q=whale&in=text', ['museum-book']],
          ['q=melville', ['museum-book']],
          ['metadata=Maker:pease', ['museum-log']],
          ['metadata=Type:pease', []],
          ['label.maker=Herman%20Melville', ['museum-book']],
          ['type=Novel', ['museum-book']],
          ['type=Novel&type=Manuscript&sort=id', ['museum-book', 'museum-log']],
          ['century=1800&sort=id', ['museum-book', 'museum-log']],
          ['from=1846&to=1860', ['museum-book']],
          ['sort=oldest', ['museum-log', 'museum-book', 'museum-vase']],
          ['sort=newest', ['museum-book', 'museum-log', 'museum-vase']],
          ['sort=title', ['museum-log', 'museum-book', 'museum-vase']],
          ['source=none', []],
          ['collection=source-museum&sort=id&limit=1&page=2', ['museum-log']],
          ['q=ishmael%20pease', []],
        ] as const)
          assert.deepEqual(await ids(query), expected, query);

        const found = await json('/api/v1/search?q=ishmael');
        const [item] = list(found['items']);
        assert.deepEqual([found['total'], item?.['matches'], item?.['label']], [1, 1, { en: ['The Whale'] }]);
        const [snippet] = list(item?.['snippets']);
        assert.deepEqual([snippet?.['prefix'], snippet?.['exact'], snippet?.['suffix']], ['call me ', 'ishmael', ' whale']);
        assert.match(String(snippet?.['canvas']), /canvas\/museum-book\/museum-book-one#xywh=\d+,\d+,\d+,\d+$/);
        assert.equal((await get(String(item?.['thumbnail']))).status, 200);
        assert.deepEqual(at(found['facets'], 'type'), [{ value: 'Novel', count: 1 }]);
        assert.deepEqual(at(found['facets'], 'label.maker'), [{ value: 'Herman Melville', count: 1 }]);

        // Everything can be read through, one after the other.
        const read: unknown[] = [];
        for (let next: unknown = '/api/v1/search?sort=id&limit=1'; typeof next === 'string'; ) {
          const one = await json(next);
          read.push(...list(one['items']).map(({ id }) => id));
          next = one['next'];
        }
        assert.deepEqual(read, ['museum-book', 'museum-log', 'museum-vase']);

        for (const [query, code] of [
          ['limit=101', 'request-invalid'],
          ['page=0', 'request-invalid'],
          ['page=501', 'search-too-deep'],
          ['sort=random', 'request-invalid'],
          ['in=forms', 'request-invalid'],
          ['from=soon', 'request-invalid'],
          ['metadata=novel', 'request-invalid'],
          ['after=x', 'request-invalid'],
          [`q=${'x'.repeat(501)}`, 'search-query-too-long'],
          [`q=${'%22'.repeat(9)}a`, undefined],
          ['q=*%20AND%20NEAR(', undefined],
          ['q=%ED%A0%80', undefined],
        ] as const) {
          const reply = await get(`/api/v1/search?${query}`);
          const problem = at(JSON.parse(await reply.text()), 'type');
          const isProblem = (named: string) => String(problem).endsWith(`/api/v1/problems/${named}`);
          assert.ok(code === undefined ? reply.status === 200 : reply.status === 400 && isProblem(code), query);
        }
      },
      { VITRINE_SEARCH_FACETS: 'Maker' },
    ));

  test('what a release before the indexes of objects left is indexed at the first start', () =>
    inProcess(async (running) => {
      await published(running);
      const { adapters, json, restart } = running;
      const objects = await adapters().documents.collection({ name: 'search.objects', indexes: [] });
      for (const { id, version, body } of (await objects.list({ limit: 10 })).documents) {
        const { index: _, ...before } = body;
        await objects.put(id, before, version);
      }
      await (await adapters().documents.collection({ name: 'search.descriptions', indexes: [] })).drop();
      await adapters().textIndex.drop();
      await restart();
      await until(
        'its words are found',
        async () => list((await json('/iiif/search/2/manifests/museum-book?q=whale'))['items']).length === 2,
      );
      await until('it is found', async () => list((await json('/api/v1/search?q=melville'))['items']).length === 1);
    }));

  test('pages and indexes that were superseded are swept after their days, and come back when they are wanted again', () =>
    inProcess(async (running) => {
      await published(running);
      const { museum, adapters, json } = running;
      const { documents, blobs } = adapters();
      const stores = await openStores(documents);
      const sweptAfter = (days: number) =>
        sweepUnused(superseded({ stores, blobs, days: 7, now: () => new Date(Date.now() + days * 24 * 60 * 60 * 1000) }));
      const found = async (q: string) => list((await json(`/iiif/search/2/manifests/museum-log?q=${q}`))['items']).length;
      assert.deepEqual(await sweptAfter(0), { blobs: 6, unused: 0, deleted: 0 });
      museum.publish({ ...log, images: [page('log-one', 'nothing', 'seen')] });
      await until('the new text is found', async () => (await found('nothing')) === 1);
      assert.deepEqual(await sweptAfter(0), { blobs: 8, unused: 2, deleted: 0 });
      assert.deepEqual(await sweptAfter(6), { blobs: 8, unused: 2, deleted: 0 });
      museum.publish(log);
      await until('the first text is found again', async () => (await found('whales')) === 1);
      assert.equal((await sweptAfter(8)).deleted, 0, 'the days begin anew');
      assert.deepEqual(await sweptAfter(16), { blobs: 8, unused: 2, deleted: 2 });
      assert.equal(await found('whales'), 1);
    }));

  test('a start that died while it began to read again holds nothing up', () =>
    inProcess(async (running) => {
      await published(running);
      const { adapters, json, museum, restart } = running;
      const rebuilds = await adapters().documents.collection({ name: 'search.rebuilds', indexes: [] });
      await rebuilds.put('current', { replay: 'outdated', state: 'dropping' }, (await rebuilds.get('current'))?.version ?? 0);
      await restart();
      // While it is not said to have ended, the groups of every process rest.
      const state = async () => {
        const after = await adapters().documents.collection({ name: 'search.rebuilds', indexes: [] });
        return (await after.get('current'))?.body['state'];
      };
      await until('it has ended', async () => (await state()) === 'done');
      museum.publish({ ...vase, title: 'Vase with a squid' });
      await until('what comes then is found', async () => list((await json('/api/v1/search?q=squid'))['items']).length === 1);
    }));

  test('while the engine is away a book is searched, and the museum answers 503 with a time to come back', () => {
    let isAway = false;
    const search = async (index: TextIndex, ...asked: Parameters<TextIndex['search']>) => {
      if (isAway) throw new Problem('port-unavailable', { detail: 'the text index' });
      return index.search(...asked);
    };
    return inProcess(
      async (running) => {
        await published(running);
        isAway = true;
        for (const path of [
          '/api/v1/search?q=whale',
          '/iiif/search/2/collections/root?q=whale',
          '/iiif/search/1/collections/root/autocomplete?q=wh',
        ]) {
          const reply = await running.get(path);
          assert.deepEqual([reply.status, Number(reply.headers.get('retry-after')) > 0], [503, true], path);
        }
        assert.equal(list((await running.json('/iiif/search/2/manifests/museum-book?q=whale'))['items']).length, 2);
        assert.equal(list((await running.json('/iiif/search/2/manifests/museum-book/autocomplete?q=wh'))['items']).length, 2);
      },
      {},
      (openers) => ({
        ...openers,
        textIndex: async () => {
          const index = await openers.textIndex();
          return { ...index, search: (query) => search(index, query) };
        },
      }),
    );
  });

  test('what nobody types finds nothing and breaks nothing, at every door', () =>
    inProcess(async (running) => {
      await published(running);
      const doors = [
        '/iiif/search/2/manifests/museum-book',
        '/iiif/search/1/ranges/museum-book/1',
        '/iiif/search/2/collections/root',
      ].flatMap((path) => [path, `${path}/autocomplete`]);
      for (const path of [...doors, '/api/v1/search'])
        for (const [q, status] of [
          ['x'.repeat(10_000), 400],
          ['a '.repeat(200), 400],
          ['*', 200],
          ['* OR "', 200],
          ['NEAR(whale ship)', 200],
          ['{text} : whale', 200],
          ['"""', 200],
          ['\u0000', 200],
          ['%ED%A0%80', 200],
          ['\u202e\u200d\ufe0f', 200],
          ['</script><script>', 200],
          ['东'.repeat(400), 200],
          ['a\u0301'.repeat(240), 200],
        ] as const) {
          const reply = await running.get(`${path}?${q.startsWith('%') ? `q=${q}` : new URLSearchParams({ q })}`);
          assert.equal(reply.status, status, `${path} ${q.slice(0, 20)}`);
          await reply.arrayBuffer();
        }
      const nothing = await running.get('/iiif/search/2/collections/root?q=&at=museum-book:0');
      assert.deepEqual([nothing.status, JSON.parse(await nothing.text()).items], [200, []], 'the middle of no search');
      for (const page of ['0', '-1', '1e3', '9999999999', 'x'])
        assert.equal((await running.get(`/iiif/search/2/manifests/museum-book?q=sea&page=${page}`)).status, 400, page);
      for (const at of ['x y', '../..', 'museum-book:', 'museum-book:1:2', 'museum-book:-1'])
        assert.equal((await running.get(`/iiif/search/2/collections/root?${new URLSearchParams({ q: 'sea', at })}`)).status, 400, at);
    }));
});
