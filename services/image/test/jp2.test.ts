import assert from 'node:assert/strict';
import { readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { until } from '@vitrine/platform/until.ts';
import sharp from 'sharp';
import { serving } from './serving.ts';

const fixtures = sharedFixtures(process.env);
const fixture = (file: string) => readFile(join(fixtures ?? '', 'images', file));
const NAME = '67352ccc-d1b0-11e1-89ae-279075081939';
const mean = (a: Buffer, b: Buffer) => a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;

suite('a JPEG 2000 file served as it is', { skip: fixtures ? false : WITHOUT_FIXTURES }, () => {
  test('its sizes are what its resolution levels give, and its pixels are the picture', async () => {
    const png = await fixture(`${NAME}.png`);
    await serving({ picture: { jp2: await fixture(`${NAME}.jp2`) } }, async ({ get }) => {
      const info = JSON.parse(String((await get('/iiif/image/3/picture/info.json')).bytes));
      assert.deepEqual([info.width, info.height, info.tiles[0].width], [1000, 1000, 512]);
      assert.deepEqual(info.tiles[0].scaleFactors.slice(0, 4), [1, 2, 4, 8]);
      assert.deepEqual(info.sizes.at(-2), { width: 500, height: 500 });
      const table = [
        ['0,0,512,512/512,512/0/default.jpg', { left: 0, top: 0, width: 512, height: 512 }, 512, 512],
        ['512,512,488,488/488,488/0/default.png', { left: 512, top: 512, width: 488, height: 488 }, 488, 488],
        ['full/250,/0/default.png', { left: 0, top: 0, width: 1000, height: 1000 }, 250, 250],
        ['100,200,600,300/!400,400/0/default.webp', { left: 100, top: 200, width: 600, height: 300 }, 400, 200],
      ] as const;
      for (const [path, region, width, height] of table) {
        const { status, bytes } = await get(`/iiif/image/3/picture/${path}`);
        assert.equal(status, 200, path);
        const ours = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
        assert.deepEqual([ours.info.width, ours.info.height], [width, height], path);
        const theirs = await sharp(png).extract(region).resize(width, height, { fit: 'fill' }).removeAlpha().raw().toBuffer();
        assert.ok(mean(ours.data, theirs) < 6, `${path} differs by ${mean(ours.data, theirs).toFixed(1)}`);
      }
      const grey = await get('/iiif/image/2/picture/0,0,512,512/256,/90/gray.jpg');
      assert.deepEqual([grey.status, (await sharp(grey.bytes).metadata()).channels], [200, 1]);
      assert.equal((await get('/iiif/image/3/picture/0,0,100,100/max/0/default.jp2')).status, 200);
    });
  });

  test('many ask at once: one after the other, and none fails', async () => {
    await serving({ picture: { jp2: await fixture(`${NAME}.jp2`) } }, async ({ get }) => {
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, n) => get(`/iiif/image/3/picture/${n * 10},0,300,300/max/0/default.${n % 4 === 3 ? 'jp2' : 'jpg'}`)),
      );
      assert.deepEqual(new Set(all.map(({ status }) => status)), new Set([200]));
    });
  });

  test('one that is cut short is reported, and the service stays', async () => {
    const jp2 = await fixture(`${NAME}.jp2`);
    await serving({ picture: { jp2 }, other: { jp2 } }, async ({ get, fileOf, asked }) => {
      await truncate(fileOf('picture'), 40);
      assert.equal((await get('/iiif/image/3/picture/0,0,512,512/512,512/0/default.jpg')).status, 503);
      await until('the converter is asked', async () => asked.length === 1);
      assert.equal((await get('/iiif/image/3/other/0,0,512,512/512,512/0/default.jpg')).status, 200);
    });
  });
});
