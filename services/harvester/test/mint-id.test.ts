import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openSqliteDocuments } from '@vitrine/platform/documents/sqlite.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { mintId } from '../src/mint-id.ts';
import { openStores } from '../src/stores.ts';

suite('R2: only the harvester mints identifiers, by compare-and-set', () => {
  test('one thing gets one identifier however many ask, and two never share one', async () => {
    const folder = await temporaryFolder();
    const documents = await openSqliteDocuments(join(folder.path, 'd.sqlite'));
    const { ids } = await openStores(documents);
    const mint = (sourceId: string, kind: 'object' | 'image' = 'object') => mintId(ids, { kind, owner: 'museum', sourceId });
    const same = await Promise.all(Array.from({ length: 20 }, () => mint('https://museum.example/a/1')));
    assert.deepEqual(new Set(same), new Set(['museum-1']));
    const others = await Promise.all(['b', 'c', 'd'].map((part) => mint(`https://museum.example/${part}/1`)));
    assert.equal(new Set([...same, ...others]).size, 4);
    for (const other of others) assert.match(other, /^museum-1-[0-9a-f]{10}$/);
    assert.notEqual(await mint('https://museum.example/a/1', 'image'), 'museum-1', 'an image is not the object');
    assert.equal(await mint('https://museum.example/a/1'), 'museum-1', 'it stays');
    await documents.close();
    await folder.remove();
  });
});
