import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openSqliteDocuments } from '@vitrine/platform/documents/sqlite.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { converted, imageResults } from '../src/image-results.ts';
import { type Derivative, type ImageDocument, openStores } from '../src/stores.ts';

const blob = (name: string) => ({ key: `converter/derivatives/aa/${name}`, sha256: 'a'.repeat(64), bytes: 1 });
const derivative = (master: string, pages: number): Derivative => ({
  blob: blob(`${master}.tif`),
  version: '0123456789',
  width: 10,
  height: 10,
  tile: { width: 256, height: 256 },
  levels: [{ width: 10, height: 10 }],
  pages,
  report: blob(`${master}.json`),
  master: { sha256: master, format: 'tiff' },
});
const wanted: ImageDocument = {
  object: 'book',
  revision: 0,
  announced: 0,
  state: 'wanted',
  wanted: { objectRevision: 1, master: 'https://museum.example/book.tif' },
  superseded: [],
};
const bad = { code: 'master-unreadable', detail: 'a page' };

async function withStores(run: (stores: Awaited<ReturnType<typeof openStores>>) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const documents = await openSqliteDocuments(join(folder.path, 'documents.sqlite'));
  try {
    await run(await openStores(documents));
  } finally {
    await documents.close();
    await folder.remove();
  }
}

suite('pages of a master', () => {
  test('a run with older bytes that ends late puts none of its pages back', () =>
    withStores(async (stores) => {
      const results = imageResults(stores, async () => {});
      await stores.images.update('book-1', () => converted(wanted, derivative('new', 3)));
      const late = { page: 2, sha256: 'old', made: derivative('old', 5) };
      assert.equal(await results.concludePage('book-1', wanted, late, {}), false);
      assert.equal(await stores.images.get('book-1.p2'), undefined);
      assert.equal(await results.concludePage('book-1', wanted, { page: 2, sha256: 'new', made: derivative('new', 3) }, {}), true);
      assert.equal((await stores.images.get('book-1.p2'))?.state, 'converted');
    }));

  test('a page that a new master has spoilt is not shown as it was in the old one', () =>
    withStores(async (stores) => {
      const results = imageResults(stores, async () => {});
      await stores.images.update('book-1', () => converted(wanted, derivative('old', 2)));
      await results.concludePage('book-1', wanted, { page: 2, sha256: 'old', made: derivative('old', 2) }, {});
      await stores.images.update('book-1', (current) => converted(current ?? wanted, derivative('new', 2)));
      for (let n = 0; n < 2; n++) await results.concludePage('book-1', wanted, { page: 2, sha256: 'new', made: bad }, {});
      const page = await stores.images.get('book-1.p2');
      assert.deepEqual([page?.state, page?.rejection, page?.revision], ['rejected', bad, 2], 'and that is said once');
    }));

  test('pages that a new master lacks go with the manifest that shows them no more', () =>
    withStores(async (stores) => {
      const results = imageResults(stores, async () => {});
      await stores.objects.update('book', () => ({ revision: 1, state: 'present', images: ['book-1'], dropped: [] }));
      await stores.images.update('book-1', () => converted(wanted, derivative('old', 3)));
      await stores.images.update('book-1', (current) => converted(current ?? wanted, derivative('new', 1)));
      await results.concludePages('book-1', 1, {});
      assert.deepEqual((await stores.objects.get('book'))?.dropped, ['book-1.p2', 'book-1.p3']);
    }));
});
