import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openAccessTable } from '@vitrine/access/access-table.ts';
import { setCollection } from '@vitrine/contracts/collection-name.ts';
import { openSqliteDocuments } from '@vitrine/platform/documents/sqlite.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { customCollections } from '../src/custom/custom-collections.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { downgradeCollection } from '../src/domain/presentation-2/downgrade-collection.ts';
import { keepMemberships } from '../src/keep-memberships.ts';
import { readCollection } from '../src/read-collection.ts';
import { openStores } from '../src/stores.ts';
import { PUBLIC_URL } from './museum-object-of.ts';

const BOOKS = { id: 'https://m.example/sets/books', label: { en: ['Books'] } };
const MAPS = { id: 'https://m.example/sets/maps', label: { en: ['Maps'] } };

async function withCollections(run: (collections: Awaited<ReturnType<typeof open>>) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const documents = await openSqliteDocuments(join(folder.path, 'documents.sqlite'));
  try {
    await run(await open(documents));
  } finally {
    await documents.close();
    await folder.remove();
  }
}

async function open(documents: Awaited<ReturnType<typeof openSqliteDocuments>>) {
  const stores = await openStores(documents);
  const access = await openAccessTable('manifest', documents, 'open');
  const keep = keepMemberships(stores);
  let revision = 0;
  const belong = (object: string, source: string | undefined, sets: Parameters<typeof keep>[0]['sets'], at = ++revision) =>
    keep({ object, revision: at, source, sets });
  let time = 0;
  const readManifest = async () => assert.fail('no manifest is read for a list of objects');
  const custom = customCollections({ stores, access, readManifest, publicUrl: PUBLIC_URL });
  const read = readCollection({ stores, custom, access, publicUrl: PUBLIC_URL, now: () => new Date(time) });
  /** The last part of the addresses of what a collection holds. */
  const names = async (name: string) => (await read(name, 3))?.collection.items.map(({ id }) => id.slice(id.lastIndexOf('/') + 1));
  const publish = (object: string, source = 'museum') =>
    stores.publications.put(
      object,
      {
        state: 'published',
        revision: 1,
        announced: 1,
        madeOf: { objectRevision: 1, images: [] },
        sha256: 'a',
        label: { none: [object] },
        images: [],
        shownOf: source,
      },
      0,
    );
  return { stores, access, read, names, publish, belong, later: (milliseconds: number) => (time += milliseconds) };
}

suite('collections', () => {
  test('a short list is in root itself', () =>
    withCollections(async ({ names, publish }) => {
      for (const object of ['b', 'a']) await publish(object);
      assert.deepEqual(await names('root'), ['a', 'b']);
    }));

  test('an empty one is there, and valid', () =>
    withCollections(async ({ read }) => assert.deepEqual(presentationFaults((await read('root', 3))?.collection), [])));

  test('a long one is in parts below it; what comes later is in the part where it belongs', () =>
    withCollections(async ({ names, publish, read, later }) => {
      for (let n = 0; n < 2500; n++) await publish(`o-${String(n).padStart(4, '0')}`);
      assert.deepEqual(await names('root'), ['root.1', 'root.2', 'root.3']);
      assert.deepEqual((await names('root.3'))?.length, 500);
      await publish('o-0500-b');
      assert.equal((await names('root.1'))?.length, 1001);
      assert.deepEqual((await names('root.2'))?.[0], 'o-1000');
      await publish('p');
      assert.equal((await names('root.3'))?.at(-1), 'p');
      later(10 * 60_000);
      await names('root');
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal((await names('root.1'))?.length, 1000, 'looked through again');
      for (const name of ['root', 'root.1', 'root.3']) {
        assert.deepEqual(presentationFaults((await read(name, 3))?.collection), [], name);
      }
      // Presentation API 2.1, 7: a client that follows `first` and `next` sees everything once.
      const seen: unknown[] = [];
      const old = async (name: string) => downgradeCollection((await read(name, 2)) ?? assert.fail(name), PUBLIC_URL);
      const nameOf = (address: unknown) => (typeof address === 'string' ? address.slice(address.lastIndexOf('/') + 1) : undefined);
      const whole = await old('root');
      for (let name = nameOf(whole['first']); name !== undefined; ) {
        const page = await old(name);
        assert.equal(page['within'], whole['@id']);
        seen.push(...(Array.isArray(page['manifests']) ? page['manifests'] : []));
        const next = nameOf(page['next']);
        assert.equal(next === undefined, page['@id'] === whole['last']);
        if (next !== undefined) assert.equal((await old(next))['prev'], page['@id']);
        name = next;
      }
      assert.equal(seen.length, 2502);
    }));

  test('several sources have a collection each', () =>
    withCollections(async ({ names, publish, belong }) => {
      for (const [object, source] of [
        ['a', 'north'],
        ['b', 'south'],
      ] as const) {
        await publish(object, source);
        await belong(object, source, []);
      }
      assert.deepEqual(await names('root'), ['source-north', 'source-south', 'a', 'b']);
      assert.deepEqual(await names('source-south'), ['b']);
    }));

  test('sets of records are collections; who leaves one is in it no longer', () =>
    withCollections(async ({ names, publish, belong, read }) => {
      for (const object of ['a', 'b']) await publish(object);
      await belong('a', 'museum', [BOOKS, MAPS]);
      await belong('b', 'museum', [BOOKS]);
      assert.deepEqual(await names('root'), ['sets', 'a', 'b']);
      assert.deepEqual(await names('sets'), [setCollection(BOOKS.id), setCollection(MAPS.id)]);
      assert.deepEqual(await names(setCollection(BOOKS.id)), ['a', 'b']);
      await belong('a', 'museum', [MAPS]);
      assert.deepEqual(await names(setCollection(BOOKS.id)), ['b']);
      assert.deepEqual(await names(setCollection(MAPS.id)), ['a']);
      await belong('a', undefined, []);
      assert.deepEqual(await names(setCollection(MAPS.id)), []);
      for (const name of ['root', 'sets', setCollection(BOOKS.id)])
        assert.deepEqual(presentationFaults((await read(name, 3))?.collection), [], name);
    }));

  test('more sets than one list holds are in parts, each named once', () =>
    withCollections(async ({ names, publish, belong }) => {
      await publish('a');
      const sets = Array.from({ length: 1100 }, (_, n) => ({ id: `https://m.example/sets/${n}`, label: { en: [String(n)] } }));
      await belong('a', 'museum', sets);
      assert.deepEqual(await names('sets'), ['sets.1', 'sets.2']);
      const listed = [...((await names('sets.1')) ?? []), ...((await names('sets.2')) ?? [])];
      assert.deepEqual(listed, sets.map(({ id }) => setCollection(id)).toSorted());
    }));

  test('a source whose name ends in a number is no part of another', () =>
    withCollections(async ({ names, publish, belong, stores }) => {
      for (const [object, source] of [
        ['a', 'foo'],
        ['b', 'foo-2'],
      ] as const) {
        await publish(object, source);
        await belong(object, source, []);
      }
      assert.deepEqual(await names('source-foo'), ['a']);
      assert.deepEqual(await names('source-foo-2'), ['b']);
      // What is derived may be dropped under a running server.
      await stores.collections.drop();
      await belong('a', 'foo', []);
      assert.deepEqual(await names('source-foo'), ['a']);
    }));

  test('an older revision that comes late lists nothing', () =>
    withCollections(async ({ names, publish, belong }) => {
      await publish('a');
      await belong('a', 'museum', [BOOKS], 1);
      await belong('a', 'museum', [MAPS], 3);
      await belong('a', 'museum', [BOOKS], 2);
      assert.deepEqual(await names(setCollection(BOOKS.id)), []);
      assert.deepEqual(await names(setCollection(MAPS.id)), ['a']);
    }));

  test('what version 2 can’t show is not in its collections', () =>
    withCollections(async ({ publish, read, stores }) => {
      for (const object of ['a', 'sound']) await publish(object);
      await stores.publications.update('sound', (current) => current && { ...current, versions: [3] });
      assert.equal((await read('root', 2))?.collection.items.length, 1);
      assert.equal((await read('root', 3))?.collection.items.length, 2);
    }));

  test('one that a person made lists what is there of its objects, in their order, also in version 2', () =>
    withCollections(async ({ names, publish, read, stores }) => {
      for (const object of ['a', 'b', 'sound']) await publish(object);
      await stores.publications.update('sound', (current) => current && { ...current, versions: [3] });
      const items = [
        { object: 'sound' },
        { object: 'b', label: { en: ['The best'] } },
        { object: 'gone' },
        { object: 'a' },
        { object: 'b' },
      ];
      await stores.custom.put('best', { collection: { label: { en: ['Best'] }, publishedAs: 'collection', items } }, 0);
      assert.deepEqual(await names('root'), ['custom', 'a', 'b', 'sound']);
      assert.deepEqual(await names('custom'), ['best']);
      assert.deepEqual(await names('best'), ['sound', 'b', 'a']);
      assert.deepEqual((await read('best', 3))?.collection.items[1]?.label, { en: ['The best'] });
      assert.equal((await read('best', 2))?.collection.items.length, 2);
      for (const name of ['custom', 'best']) assert.deepEqual(presentationFaults((await read(name, 3))?.collection), [], name);
    }));

  test('chosen canvases are all there or not at all: an outage leaves none out, and is not remembered', () =>
    withCollections(async ({ publish, stores, access }) => {
      for (const object of ['a', 'b']) await publish(object);
      const items = [{ object: 'a' }, { object: 'b' }];
      await stores.custom.put('best', { collection: { label: { en: ['Best'] }, publishedAs: 'manifest', items } }, 0);
      let away = true;
      const bytesOf = (object: string) => {
        const canvas = `${PUBLIC_URL}/canvas/${object}`;
        return Buffer.from(
          JSON.stringify({ id: `${PUBLIC_URL}/${object}`, label: { none: [object] }, items: [{ id: canvas, type: 'Canvas' }] }),
        );
      };
      const readManifest = async (object: string) => ({
        sha256: 'a',
        bytes: async () => {
          if (away && object === 'b') throw new Problem('port-unavailable');
          return bytesOf(object);
        },
      });
      const custom = customCollections({ stores, access, readManifest, publicUrl: PUBLIC_URL });
      await assert.rejects(custom.manifest('best', 3), (error) => error instanceof Problem && error.code === 'port-unavailable');
      away = false;
      const items3 = (await custom.manifest('best', 3))?.['items'];
      assert.equal(Array.isArray(items3) && items3.length, 2);
    }));

  for (const name of ['root.1', 'root.0', 'root.x', 'other', 'sets', 'source-none'])
    test(`${name} is none`, () =>
      withCollections(async ({ read, publish }) => {
        await publish('a');
        assert.equal(await read(name, 3), undefined);
      }));
});
