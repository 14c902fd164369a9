import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { pino } from 'pino';
import { type DiskCache, diskCache } from '../src/disk-cache.ts';
import { pyramidOf, serving, smoothPicture } from './serving.ts';

const log = pino({ level: 'silent' });

async function withCache(bytes: number, run: (cache: DiskCache, folder: string, files: () => Promise<string[]>) => Promise<void>) {
  const folder = await temporaryFolder();
  const path = join(folder.path, 'cache');
  const files = async () =>
    (await readdir(path, { recursive: true, withFileTypes: true }).catch(() => []))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  try {
    await run(diskCache({ folder: path, bytes, log, now: Date.now }), path, files);
  } finally {
    await folder.remove();
  }
}

suite('the cache on disk', () => {
  test('keeps what was made, by derivative and request; another process finds it', () =>
    withCache(1_000_000, async (cache, folder) => {
      await cache.put('one', 'full/max', Buffer.from('picture'));
      const other = diskCache({ folder, bytes: 1_000_000, log, now: Date.now });
      assert.equal(String(await other.get('one', 'full/max')), 'picture');
      assert.equal(await other.get('one', 'full/300,'), undefined);
      assert.equal(await other.get('two', 'full/max'), undefined);
      await other.forget('one');
      assert.equal(await cache.get('one', 'full/max'), undefined);
    }));

  test('a file that is torn, empty or another’s is none, and is taken away', () =>
    withCache(1_000_000, async (cache, _folder, files) => {
      await cache.put('one', 'full/max', Buffer.from('picture'));
      const [file = ''] = await files();
      const whole = await readFile(file);
      for (const bytes of [whole.subarray(0, -1), Buffer.alloc(0), Buffer.concat([whole, Buffer.from('x')]), Buffer.alloc(whole.length)]) {
        await writeFile(file, bytes);
        assert.equal(await cache.get('one', 'full/max'), undefined);
        assert.deepEqual(await files(), []);
      }
    }));

  test('grows no larger than it may; what was wanted last stays', () =>
    withCache(100_000, async (cache, folder, files) => {
      await cache.put('old', 'full/max', Buffer.alloc(20_000));
      await until('it was looked through', async () => (await files()).length === 1);
      const [oldest = ''] = await files();
      await utimes(oldest, 1, 1);
      for (let n = 0; n < 20; n++) await cache.put('new', String(n), Buffer.alloc(9_000));
      await until('it is small enough', async () => {
        await cache.put('new', 'again', Buffer.alloc(3000));
        return (await files()).length < 12;
      });
      assert.equal(await cache.get('old', 'full/max'), undefined);
      assert.ok((await readdir(folder)).length > 0);
    }));

  test('a folder that can’t be written costs the cache alone', () =>
    withCache(1_000_000, async (cache, folder) => {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, 'file'), '');
      const refused = diskCache({ folder: join(folder, 'file'), bytes: 1_000_000, log, now: Date.now });
      await refused.put('one', 'full/max', Buffer.from('picture'));
      assert.equal(await refused.get('one', 'full/max'), undefined);
      await refused.forget('one');
      await chmod(folder, 0o755);
      assert.equal(await cache.get('one', 'full/max'), undefined);
    }));

  test('over HTTP: what was made is there after a restart, and gone with the image', async () => {
    const folder = await temporaryFolder();
    const settings = { VITRINE_IMAGE_DISK_CACHE_MB: '10', VITRINE_IMAGE_DISK_CACHE: folder.path };
    const pyramid = await pyramidOf(smoothPicture(600, 400));
    const path = '/iiif/image/3/picture/13,7,400,300/200,/0/default.jpg';
    const made = async () => (await readdir(folder.path, { recursive: true })).filter((name) => name.endsWith('.made')).length;
    try {
      let first: Buffer = Buffer.alloc(0);
      await serving(
        { picture: pyramid },
        async ({ get }) => {
          first = (await get(path)).bytes;
          await until('it is on disk', async () => (await made()) === 1);
        },
        settings,
      );
      await serving(
        { picture: pyramid },
        async ({ get, withdraw }) => {
          assert.deepEqual((await get(path)).bytes, first);
          assert.equal(await made(), 1);
          await withdraw('picture');
          await until('it is forgotten', async () => (await made()) === 0);
        },
        settings,
      );
    } finally {
      await folder.remove();
    }
  });
});
