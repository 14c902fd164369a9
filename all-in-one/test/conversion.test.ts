import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openStores } from '@vitrine/converter/stores.ts';
import { superseded } from '@vitrine/converter/sweep.ts';
import type { MuseumFile } from '@vitrine/demo/museum.ts';
import { picture } from '@vitrine/demo/pictures.ts';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { sweepUnused } from '@vitrine/platform/blobs/sweep-unused.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const tiff = (...shades: number[]): MuseumFile => ({
  type: 'image/tiff',
  read: async () => plainTiff(shades.map((shade) => ({ width: 60, height: 40, shade }))),
});
const entry = (id: string, ...masters: MuseumFile[]) => ({
  id,
  title: `The ${id}`,
  images: masters.map((master, n) => ({ id: `${id}-${n}`, master })),
});

async function canvasesOf({ json }: InProcess, object: string): Promise<string[]> {
  const { items } = await json(`/iiif/presentation/3/manifests/museum-${object}`);
  return Array.isArray(items) ? items.map(({ id }) => String(id)) : [];
}
async function blobsUnder({ adapters }: InProcess, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of adapters().blobs.list(prefix)) keys.push(key);
  return keys;
}

suite('from a master to its images', { concurrency: 2 }, () => {
  test('each page of a TIFF is a canvas; pages that a new master lacks are withdrawn', () =>
    inProcess(async (running) => {
      const { museum, get } = running;
      museum.publish(entry('book', tiff(10, 120, 230)));
      await until('three canvases', async () => (await canvasesOf(running, 'book')).length === 3);
      const [first = '', second = '', third = ''] = await canvasesOf(running, 'book');
      assert.deepEqual([second, third], [`${first}.p2`, `${first}.p3`]);
      const shades = [];
      for (const id of [first, second, third]) {
        const image = id.split('/').at(-1);
        const pixels = await get(`/iiif/image/3/${image}/full/max/0/gray.png`);
        assert.equal(pixels.status, 200);
        shades.push((await pixels.arrayBuffer()).byteLength > 0);
      }
      assert.deepEqual(shades, [true, true, true]);

      museum.replaceMaster('book', 'book-0', tiff(10));
      await until('one canvas', async () => (await canvasesOf(running, 'book')).length === 1);
      const image = third.split('/').at(-1);
      await until('410', async () => (await get(`/iiif/image/3/${image}/info.json`)).status === 410);
      assert.equal((await get(`/iiif/image/3/${first.split('/').at(-1)}/info.json`)).status, 200);
    }));

  test('the same bytes under two names are converted once, and kept until the last image goes', () =>
    inProcess(async (running) => {
      const { museum, operator, adapters } = running;
      const master = picture({ width: 700, height: 500, seed: 4, format: 'jpeg' });
      museum.publish(entry('one', master));
      museum.publish(entry('two', master));
      const conversion = async (object: string) => {
        const [canvas = ''] = await canvasesOf(running, object);
        return operator(`/api/v1/images/${canvas.split('/').at(-1)}/conversion`);
      };
      for (const object of ['one', 'two']) await until(object, async () => (await canvasesOf(running, object)).length === 1);
      const [one, two] = [await conversion('one'), await conversion('two')];
      assert.deepEqual(one['report'], two['report']);
      assert.equal((await blobsUnder(running, 'converter/derivatives/')).length, 1);

      const stores = await openStores(adapters().documents);
      const sweptAfter = (days: number) =>
        sweepUnused(superseded({ stores, blobs: adapters().blobs, days: 7, now: () => new Date(Date.now() + days * 24 * 60 * 60 * 1000) }));
      museum.withdraw('one');
      await until('one is gone', async () => (await running.get('/iiif/presentation/3/manifests/museum-one')).status === 410);
      assert.equal((await sweptAfter(0)).unused, 0);
      museum.withdraw('two');
      await until('two is gone', async () => (await running.get('/iiif/presentation/3/manifests/museum-two')).status === 410);
      assert.deepEqual([(await sweptAfter(0)).deleted, (await sweptAfter(6)).deleted], [0, 0], 'within the days of grace');
      const { deleted } = await sweptAfter(8);
      assert.ok(deleted >= 3, String(deleted));
      assert.deepEqual(await blobsUnder(running, 'converter/derivatives/'), []);
      museum.publish(entry('two', master));
      await until('two is back', async () => (await canvasesOf(running, 'two')).length === 1);
      assert.equal((await blobsUnder(running, 'converter/derivatives/')).length, 1);
    }));

  test('thumbnails are served as they lie there, also to the manifest’s addresses', () =>
    inProcess(async (running) => {
      const { museum, get, json, adapters } = running;
      museum.publish(entry('print', picture({ width: 900, height: 700, seed: 6, format: 'jpeg' })));
      await until('the print is shown', async () => (await canvasesOf(running, 'print')).length === 1);
      const { thumbnail } = await json('/iiif/presentation/3/manifests/museum-print');
      const address = String(Reflect.get(Object(Array.isArray(thumbnail) ? thumbnail[0] : {}), 'id'));
      const asked = Buffer.from(await (await get(address)).arrayBuffer());
      const kept = await Promise.all((await blobsUnder(running, 'converter/thumbnails/')).map((key) => adapters().blobs.read(key)));
      assert.ok(
        kept.some((bytes) => bytes.equals(asked)),
        address,
      );
      const grey = Buffer.from(await (await get(address.replace('default', 'gray'))).arrayBuffer());
      assert.ok(!kept.some((bytes) => bytes.equals(grey)));
    }));

  test('a conversion under way is told of, ends when it is cancelled or nobody wants it, and is made when it is asked for', () =>
    inProcess(async (running) => {
      const { museum, operator } = running;
      let isOpen = false;
      const held = (opens: () => boolean): MuseumFile => ({
        type: 'image/tiff',
        read: async () => {
          await until('it is let go', async () => opens());
          return plainTiff([{ width: 60, height: 40, shade: 90 }]);
        },
      });
      const underWay = async () => {
        const { items } = await operator('/api/v1/conversions');
        return Array.isArray(items) ? items.map(({ image, phase }) => ({ image: String(image), phase })) : [];
      };
      museum.publish(
        entry(
          'slow',
          tiff(10),
          held(() => isOpen),
        ),
      );
      await until('it is told of', async () => (await underWay()).length === 1);
      const [first] = await underWay();
      assert.equal(first?.phase, 'fetching');
      const conversion = `/api/v1/images/${first?.image}/conversion`;
      assert.deepEqual(await operator(conversion, undefined, 'DELETE'), {});
      assert.deepEqual(await operator(conversion, undefined, 'DELETE'), {}, 'twice is once');
      await until('it has ended', async () => (await underWay()).length === 0);
      const { state, cancelled, rejection } = await operator(conversion);
      assert.deepEqual([state, cancelled, Reflect.get(Object(rejection), 'code')], ['rejected', true, 'conversion-cancelled']);
      await until('its manifest waits no longer', async () => (await canvasesOf(running, 'slow')).length === 1);

      await operator(conversion, {});
      await until('it is asked for again', async () => (await underWay()).length === 1);
      isOpen = true;
      await until('it is shown', async () => (await canvasesOf(running, 'slow')).length === 2);
      assert.equal((await operator(conversion))['cancelled'], undefined);

      museum.publish(
        entry(
          'unwanted',
          held(() => false),
        ),
      );
      await until('the other is told of', async () => (await underWay()).length === 1);
      museum.withdraw('unwanted');
      await until('the other has ended', async () => (await underWay()).length === 0);
      assert.equal((await operator('/api/v1/images/nothing/conversion', undefined, 'DELETE'))['status'], 404);
    }));

  test('masters of a folder that the settings name, and of no other', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vitrine-scans-'));
    try {
      await mkdir(join(folder, 'scans'));
      await writeFile(join(folder, 'scans', 'leaf.tif'), plainTiff([{ width: 50, height: 50, shade: 90 }]));
      await writeFile(join(folder, 'secret.tif'), plainTiff([{ width: 50, height: 50, shade: 1 }]));
      await symlink(join(folder, 'secret.tif'), join(folder, 'scans', 'way-out.tif'));
      await inProcess(
        async (running) => {
          const { museum, publisher } = running;
          for (const [id, path] of [
            ['leaf', `file://${folder}/scans/leaf.tif`],
            ['secret', `file://${folder}/scans/../secret.tif`],
            ['link', `file://${folder}/scans/way-out.tif`],
          ] as const) {
            museum.publish(entry(id, tiff(0)));
            const record = String((await museum.answer(`/objects/${id}`))?.body).replaceAll(`${publisher.base}/images/${id}-0`, path);
            museum.serve(`/objects/${id}`, { type: 'application/json', read: async () => Buffer.from(record) });
            museum.announcePath('Update', `/objects/${id}`);
          }
          await until('the leaf is shown', async () => (await canvasesOf(running, 'leaf')).length === 1);
          for (const id of ['secret', 'link'])
            await until(`${id} is refused`, async () => {
              const { failures } = await running.operator('/api/v1/failures');
              return (
                Array.isArray(failures) && failures.some(({ entity, code }) => String(entity).includes(id) && code === 'outbound-refused')
              );
            });
        },
        { VITRINE_MASTER_PLACES: JSON.stringify([{ name: 'scans', folder: join(folder, 'scans') }]) },
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
