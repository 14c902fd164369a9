import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import { openSqliteDocuments } from '@vitrine/platform/documents/sqlite.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { ChildPool } from '../src/child-pool.ts';
import { standardSettings } from '../src/conversion-settings.ts';
import { type DeriveImage, deriveImage } from '../src/derive-image.ts';
import { hashFile } from '../src/hash-file.ts';
import { openStores } from '../src/stores.ts';

const signal = new AbortController().signal;

type Running = {
  readonly stores: Awaited<ReturnType<typeof openStores>>;
  readonly master: { readonly file: string; readonly sha256: string; readonly page: 1 };
  start(instance: string): DeriveImage;
};

async function withMaster(run: (running: Running) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const documents = await openSqliteDocuments(join(folder.path, 'documents.sqlite'));
  const blobs = await openFilesystemBlobs(join(folder.path, 'blobs'));
  const pool = new ChildPool({ size: 2, memoryMegabytes: 1000, totalMegabytes: 2000, seconds: 60 });
  const file = join(folder.path, 'master.jpg');
  await writeFile(file, await picture({ width: 500, height: 400, seed: 2, format: 'jpeg' }).read());
  const stores = await openStores(documents);
  const deps = { stores, blobs, pool, workFolder: folder.path, settings: standardSettings, maxPixels: 1e9, now: () => new Date() };
  try {
    await run({ stores, master: { file, sha256: await hashFile(file), page: 1 }, start: (instance) => deriveImage({ ...deps, instance }) });
  } finally {
    pool.close();
    await Promise.all([documents.close(), blobs.close()]);
    await folder.remove();
  }
}

suite('equal bytes by equal settings', { concurrency: 2 }, () => {
  test('are made once, whoever asks meanwhile and afterwards', () =>
    withMaster(async ({ master, start }) => {
      const [one, two] = [start('one'), start('two')];
      const made = await Promise.all([one(master, signal), one(master, signal), two(master, signal)]);
      const [first] = made;
      for (const derivative of [...made, await two(master, signal)]) assert.equal(derivative.report.key, first?.report.key);
    }));

  test('a replica that died over them begins anew at once (it waited a minute for itself)', () =>
    withMaster(async ({ stores, master, start }) => {
      await start('one')(master, signal);
      for await (const { id } of stores.derivatives.all())
        await stores.derivatives.update(id, () => ({ making: { holder: 'one former call', until: Date.now() + 600_000 } }));
      const began = Date.now();
      await start('one')(master, signal);
      assert.ok(Date.now() - began < 15_000);
      for await (const { value } of stores.derivatives.all()) assert.ok(value.derivative);
    }));

  test('who gives up waiting for another is not kept', () =>
    withMaster(async ({ stores, master, start }) => {
      await start('one')(master, signal);
      for await (const { id } of stores.derivatives.all())
        await stores.derivatives.update(id, () => ({ making: { holder: 'two alive call', until: Date.now() + 600_000 } }));
      const ending = new AbortController();
      const waiting = start('one')(master, ending.signal);
      setTimeout(() => ending.abort(new Error('stopped')), 100);
      await assert.rejects(waiting, /stopped/);
    }));
});
