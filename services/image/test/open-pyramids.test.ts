import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { openPyramids } from '../src/open-pyramids.ts';
import { pyramidOf, smoothPicture } from './serving.ts';

const bytes = await pyramidOf(smoothPicture(300, 200));
const size = { width: 300, height: 200 };
const derivativeOf = (n: number) => {
  const tile = { width: 256, height: 256 };
  return { key: `converter/derivatives/${n}.tif`, version: '0123456789', superseded: [], ...size, tile, levels: [size] };
};

async function withBlobs(count: number, run: (blobs: Blobs, openFiles: () => Promise<number>) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const blobs = await openFilesystemBlobs(join(folder.path, 'blobs'));
  for (let n = 0; n < count; n++) await blobs.put(derivativeOf(n).key, bytes);
  const openFiles = async () => {
    const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
    return links.filter((link) => link.startsWith(folder.path)).length;
  };
  try {
    await run(blobs, openFiles);
  } finally {
    await folder.remove();
  }
}

suite('open derivatives', { skip: process.platform !== 'linux' && 'left out: open files are counted on Linux' }, () => {
  test('one that is forgotten while it is opened or used fails nobody, and no file stays open', () =>
    withBlobs(1, async (blobs, openFiles) => {
      const pyramids = openPyramids(blobs);
      const [derivative] = [derivativeOf(0)];
      const using = Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          pyramids.with(derivative, async (pyramid) => {
            await setTimeout(n);
            return (await pyramid.wholeTile(0, 0)).length;
          }),
        ),
      );
      for (let n = 0; n < 20; n++) {
        await setTimeout(1);
        pyramids.forget(derivative.key);
      }
      assert.equal(new Set(await using).size, 1);
      pyramids.close();
      await until('all are closed', async () => (await openFiles()) === 0);
    }));

  test('more at once than are kept open: all are answered, and no file stays open', () =>
    withBlobs(600, async (blobs, openFiles) => {
      const pyramids = openPyramids(blobs);
      const all = await Promise.all(
        Array.from({ length: 600 }, (_, n) => pyramids.with(derivativeOf(n), async (pyramid) => (await pyramid.wholeTile(0, 0)).length)),
      );
      assert.equal(new Set(all).size, 1);
      pyramids.close();
      await until('all are closed', async () => (await openFiles()) === 0);
    }));
});
