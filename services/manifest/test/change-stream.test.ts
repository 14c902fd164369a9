import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openSqliteDocuments } from '@vitrine/platform/documents/sqlite.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import fc from 'fast-check';
import { changeCollection, changePage } from '../src/domain/change-stream.ts';
import { openStores, type Publication, type Stores } from '../src/stores.ts';
import { appendToStream, newestPage, pageKey } from '../src/stream/append-to-stream.ts';
import { at, PUBLIC_URL } from './museum-object-of.ts';

type Store = { readonly stores: Stores; readonly close: () => Promise<void> };

async function openStore(): Promise<Store> {
  const folder = await temporaryFolder();
  const documents = await openSqliteDocuments(join(folder.path, 'documents.sqlite'));
  return {
    stores: await openStores(documents),
    close: async () => {
      await documents.close();
      await folder.remove();
    },
  };
}

const publish = (stores: Stores, object: string, state: Publication['state'], versions: Publication['versions'] = [3, 2]) =>
  stores.publications.update(object, (current) => ({
    announced: 0,
    madeOf: { objectRevision: 1, images: [] },
    sha256: 'a',
    label: { none: [object] },
    images: [],
    ...current,
    state,
    revision: (current?.revision ?? 0) + 1,
    versions,
    unstreamed: 1,
  }));

/** Dies after it has written the page and before it has noted so much. */
const dying = (stores: Stores, notes: number): Stores => {
  let left = notes;
  return {
    ...stores,
    publications: {
      ...stores.publications,
      update: async (id, change) => {
        if (left-- <= 0) throw new Error('died');
        return stores.publications.update(id, change);
      },
    },
  };
};

async function pagesOf(stores: Stores) {
  const newest = await newestPage(stores);
  const pages = [];
  for (let number = 1; number <= newest; number++) {
    const page = await stores.streamPages.get(pageKey(number));
    assert.ok(page);
    pages.push(changePage(PUBLIC_URL, { number, ...page, isNewest: number === newest }));
  }
  return pages;
}

const append = (stores: Stores, publicUrl = PUBLIC_URL, time = 1000) => appendToStream({ stores, publicUrl, now: () => new Date(time) })();
const typesOf = async (stores: Stores) =>
  (await pagesOf(stores)).flatMap(({ orderedItems }) =>
    orderedItems.map(({ type, object }) => `${type} ${object.id.replace(PUBLIC_URL, '')}`),
  );

suite('our own stream', () => {
  test('tells each version of a manifest apart, and every change once', async () => {
    const { stores, close } = await openStore();
    await publish(stores, 'a', 'published');
    await append(stores);
    await append(stores);
    await publish(stores, 'a', 'published');
    await append(stores);
    await publish(stores, 'a', 'withdrawn');
    await append(stores);
    await publish(stores, 'b', 'published', [3]);
    await append(stores);
    assert.deepEqual(await typesOf(stores), [
      'Create /iiif/presentation/3/manifests/a',
      'Create /iiif/presentation/2/manifests/a',
      'Update /iiif/presentation/3/manifests/a',
      'Update /iiif/presentation/2/manifests/a',
      'Delete /iiif/presentation/3/manifests/a',
      'Delete /iiif/presentation/2/manifests/a',
      'Create /iiif/presentation/3/manifests/b',
    ]);
    await close();
  });

  test('says nothing of what came and went unseen, and only the last of what changed meanwhile', async () => {
    const { stores, close } = await openStore();
    await publish(stores, 'a', 'published');
    await publish(stores, 'a', 'withdrawn');
    await publish(stores, 'b', 'published', [3]);
    await publish(stores, 'b', 'published', [3]);
    await append(stores);
    assert.deepEqual(await typesOf(stores), ['Create /iiif/presentation/3/manifests/b']);
    await close();
  });

  test('a manifest whose address changes is moved', async () => {
    const { stores, close } = await openStore();
    await publish(stores, 'a', 'published', [3]);
    await append(stores);
    await publish(stores, 'a', 'published', [3]);
    await append(stores, 'https://new.example');
    const [page] = await pagesOf(stores);
    const [, move] = page?.orderedItems ?? [];
    assert.deepEqual(
      [move?.type, move?.object.id, at(move, 'target.id')],
      ['Move', `${PUBLIC_URL}/iiif/presentation/3/manifests/a`, 'https://new.example/iiif/presentation/3/manifests/a'],
    );
    await close();
  });

  test('who has the lease again after another died says nothing twice that the other had said', async () => {
    const { stores, close } = await openStore();
    const writer = (of: Stores) => appendToStream({ stores: of, publicUrl: PUBLIC_URL, now: () => new Date(1000) });
    const [a, b] = [writer(stores), writer(dying(stores, 0))];
    await publish(stores, 'a', 'published', [3]);
    await a();
    await publish(stores, 'b', 'published', [3]);
    await b().catch(() => undefined);
    await publish(stores, 'c', 'published', [3]);
    await a();
    await a();
    assert.deepEqual(
      await typesOf(stores),
      ['a', 'b', 'c'].map((name) => `Create /iiif/presentation/3/manifests/${name}`),
    );
    await close();
  });

  test('a version that comes or goes is told by itself', async () => {
    const { stores, close } = await openStore();
    await publish(stores, 'a', 'published', [3]);
    await append(stores);
    await publish(stores, 'a', 'published', [3, 2]);
    await append(stores);
    await publish(stores, 'a', 'published', [3]);
    await append(stores);
    assert.deepEqual(await typesOf(stores), [
      'Create /iiif/presentation/3/manifests/a',
      'Update /iiif/presentation/3/manifests/a',
      'Create /iiif/presentation/2/manifests/a',
      'Update /iiif/presentation/3/manifests/a',
      'Delete /iiif/presentation/2/manifests/a',
    ]);
    await close();
  });

  test('without anything in it it names no page', () => {
    assert.deepEqual(Object.keys(changeCollection(PUBLIC_URL, 0, 0)), ['@context', 'id', 'type', 'totalItems']);
  });

  test('whatever is published, in whatever order its writer dies: every change once, in order, and a sealed page is never changed', async () => {
    const step = fc.oneof(
      fc.record({
        object: fc.constantFrom('a', 'b', 'c', 'd'),
        state: fc.constantFrom('published' as const, 'withdrawn' as const),
        versions: fc.constantFrom<(2 | 3)[]>([3, 2], [3]),
      }),
      fc.record({ append: fc.constantFrom(Number.POSITIVE_INFINITY, 0, 1, 2) }),
      fc.record({ many: fc.integer({ min: 1, max: 70 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { stores, close } = await openStore();
        const sealed = new Map<number, string>();
        let time = 1_000_000;
        for (const one of steps) {
          // A clock that goes back changes no order.
          time += time % 3 === 0 ? -500 : 700;
          if ('object' in one) {
            if (one.state === 'published' || (await stores.publications.get(one.object))?.state === 'published')
              await publish(stores, one.object, one.state, one.versions);
          } else if ('many' in one) for (let n = 0; n < one.many; n++) await publish(stores, `m${n}`, 'published', [3]);
          else await append(dying(stores, one.append), PUBLIC_URL, time).catch(() => undefined);
          const pages = await pagesOf(stores);
          for (const [place, page] of pages.slice(0, -1).entries()) {
            const written = JSON.stringify(page);
            assert.equal(sealed.get(place) ?? written, written, `page ${place + 1} was sealed`);
            sealed.set(place, written);
          }
        }
        while ((await append(stores)) !== 0) {}
        const pages = await pagesOf(stores);
        const activities = pages.flatMap(({ orderedItems }) => orderedItems);
        assert.equal(new Set(activities.map(({ id }) => id)).size, activities.length, 'once');
        const times = activities.map(({ endTime }) => Date.parse(endTime));
        assert.deepEqual(
          times,
          times.toSorted((x, y) => x - y),
          'in order',
        );
        for (const [place, { startIndex }] of pages.entries())
          assert.equal(
            startIndex,
            pages.slice(0, place).reduce((sum, { orderedItems }) => sum + orderedItems.length, 0),
          );
        // What a harvester holds in the end is what is published.
        const held = new Set<string>();
        for (const { type, object } of activities) {
          if (type === 'Create') assert.ok(!held.has(object.id), `${object.id} was there`);
          else assert.ok(held.has(object.id), `${type} of ${object.id}, which was not there`);
          if (type === 'Delete') held.delete(object.id);
          else held.add(object.id);
        }
        const published = [];
        for await (const { id, value } of stores.publications.all())
          if (value.state === 'published')
            for (const version of value.versions ?? []) published.push(`${PUBLIC_URL}/iiif/presentation/${version}/manifests/${id}`);
        assert.deepEqual([...held].toSorted(), published.toSorted());
        await close();
      }),
      { numRuns: 40 },
    );
  });
});
