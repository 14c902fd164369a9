import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Documents, RawCollection } from './port.ts';

export type DocumentsUnderTest = { documents: Documents; reopen: () => Promise<Documents>; dispose: () => Promise<void> };

const spec = { name: 'test.things', indexes: ['due', 'state'] } as const;

/** What every document store does; the cases are the port's documentation. */
export function documentsConformance(name: string, open: () => Promise<DocumentsUnderTest>): void {
  suite(`documents: ${name}`, () => {
    function documentsTest(title: string, run: (things: RawCollection, under: DocumentsUnderTest) => Promise<void>): void {
      test(title, async () => {
        const under = await open();
        try {
          await run(await under.documents.collection(spec), under);
        } finally {
          await under.dispose();
        }
      });
    }

    documentsTest('keeps a body as it was put, with versions that rise by one', async (things) => {
      const body = { text: 'ü\n"', list: [{ deep: { null: null, number: 1.5 } }], empty: {} };
      assert.equal(await things.put('a', body, 0), 1);
      assert.equal(await things.put('a', { ...body, text: 'new' }, 1), 2);
      assert.deepEqual(await things.get('a'), { id: 'a', version: 2, body: { ...body, text: 'new' } });
      assert.equal(await things.get('b'), undefined);
    });

    documentsTest('refuses a write that expects another version', async (things) => {
      assert.equal(await things.put('a', { n: 1 }, 0), 1);
      assert.equal(await things.put('a', { n: 2 }, 0), undefined);
      assert.equal(await things.put('a', { n: 2 }, 7), undefined);
      assert.equal(await things.put('b', { n: 2 }, 1), undefined);
      assert.equal(await things.delete('a', 7), false);
      assert.deepEqual((await things.get('a'))?.body, { n: 1 });
    });

    documentsTest('lets exactly one of many writers win', async (things) => {
      await things.put('a', { n: 0 }, 0);
      const won = await Promise.all(Array.from({ length: 20 }, (_, n) => things.put('a', { n }, 1)));
      assert.equal(won.filter((version) => version === 2).length, 1);
      assert.equal((await things.get('a'))?.body['n'], won.indexOf(2));
    });

    documentsTest('deletes, and begins to count again', async (things) => {
      await things.put('a', {}, 0);
      assert.equal(await things.delete('a', 1), true);
      assert.equal(await things.get('a'), undefined);
      assert.equal(await things.put('a', {}, 0), 1);
    });

    documentsTest('gets many in the order asked', async (things) => {
      await things.put('a', { n: 1 }, 0);
      await things.put('c', { n: 3 }, 0);
      assert.deepEqual(
        (await things.getMany(['c', 'b', 'a'])).map((found) => found?.body['n']),
        [3, undefined, 1],
      );
    });

    documentsTest('lists by prefix and page, in the order of ids', async (things) => {
      for (const id of ['b/2', 'a/1', 'b/10', 'b/1', 'c']) await things.put(id, {}, 0);
      const first = await things.list({ prefix: 'b/', limit: 2 });
      assert.deepEqual([first.documents.map(({ id }) => id), first.next], [['b/1', 'b/10'], 'b/10']);
      const second = await things.list({ prefix: 'b/', limit: 2, ...(first.next === undefined ? {} : { after: first.next }) });
      assert.deepEqual([second.documents.map(({ id }) => id), second.next], [['b/2'], undefined]);
    });

    documentsTest('lists by an indexed field', async (things) => {
      await things.put('a', { due: 10, state: 'x' }, 0);
      await things.put('b', { due: 20, state: 'y' }, 0);
      await things.put('c', { state: 'x' }, 0);
      const ids = async (where: { field: string; atMost: number } | { field: string; equals: string }) =>
        (await things.list({ where, limit: 10 })).documents.map(({ id }) => id);
      assert.deepEqual(await ids({ field: 'due', atMost: 15 }), ['a']);
      assert.deepEqual(await ids({ field: 'due', atMost: 20 }), ['a', 'b']);
      assert.deepEqual(await ids({ field: 'state', equals: 'x' }), ['a', 'c']);
      await assert.rejects(ids({ field: 'unindexed', equals: 'x' }));
    });

    documentsTest('keeps collections apart and drops only one', async (things, { documents }) => {
      const others = await documents.collection({ name: 'other.things', indexes: [] });
      await things.put('a', {}, 0);
      await others.put('a', { other: true }, 0);
      await things.drop();
      assert.equal(await things.count(), 0);
      assert.deepEqual((await others.get('a'))?.body, { other: true });
    });

    documentsTest('has everything acknowledged when opened again', async (things, { reopen }) => {
      await Promise.all(Array.from({ length: 50 }, (_, n) => things.put(`id-${n}`, { n }, 0)));
      const again = await (await reopen()).collection(spec);
      assert.equal(await again.count(), 50);
    });
  });
}
