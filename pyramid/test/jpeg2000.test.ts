import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import fc from 'fast-check';
import sharp from 'sharp';
import { isJpeg2000, jp2Levels, readJp2Header } from '../src/jpeg2000/jp2-header.ts';
import { decodeJp2, encodeJp2 } from '../src/jpeg2000/openjpeg.ts';

const fixtures = sharedFixtures(process.env);
const fixture = (file: string) => readFile(join(fixtures ?? '', 'images', file));

suite('JPEG 2000 files of others', { skip: fixtures ? false : WITHOUT_FIXTURES }, () => {
  const table = [
    ['67352ccc-d1b0-11e1-89ae-279075081939.jp2', 1000, 1000, 3, 8, undefined],
    ['balloon-reference.jp2', 2717, 3701, 3, 8, undefined],
    ['formats/jp2-5res-rgb-64x56x8-monotiled-lossy.jp2', 64, 56, 3, 8, undefined],
    ['formats/jp2-6res-rgba-64x56x16-multitiled-lossy.jp2', 64, 56, 4, 16, '4 channels'],
  ] as const;
  for (const [file, width, height, channels, bits, unfit] of table)
    test(`${file}: ${unfit ?? 'each of its sizes is what its header says'}`, async () => {
      const bytes = await fixture(file);
      assert.ok(isJpeg2000(bytes));
      const header = readJp2Header(bytes);
      assert.deepEqual(
        [header?.width, header?.height, header?.channels, header?.bits, header?.unfit],
        [width, height, channels, bits, unfit],
      );
      if (!header || unfit !== undefined) return;
      for (const [level, size] of jp2Levels(header).entries()) {
        const decoded = await decodeJp2(bytes, level);
        assert.deepEqual([decoded.width, decoded.height, decoded.channels], [size.width, size.height, channels]);
        assert.equal(decoded.data.length, size.width * size.height * channels);
      }
    });

  test('its colours are those of the same picture as PNG', async () => {
    const { data } = await decodeJp2(await fixture('67352ccc-d1b0-11e1-89ae-279075081939.jp2'), 0);
    const png = await sharp(await fixture('67352ccc-d1b0-11e1-89ae-279075081939.png'))
      .removeAlpha()
      .raw()
      .toBuffer();
    assert.equal(data.length, png.length);
    assert.ok(data.reduce((sum, value, at) => sum + Math.abs(value - (png[at] ?? 0)), 0) / data.length < 3);
  });

  test('16 bits a sample are given as 8', async () => {
    const bytes = await fixture('formats/16bit.cropped.jp2');
    const header = readJp2Header(bytes);
    assert.equal(header?.bits, 16);
    const { data, width, height, channels } = await decodeJp2(bytes, 0);
    assert.equal(data.length, width * height * channels);
    // It is a dark one: its samples are 291 to 694 of 65,535.
    assert.deepEqual([...new Set(data)].sort(), [1, 2, 3]);
  });

  test('a header that is cut or changed is read or is none, and nothing is thrown', async () => {
    const start = (await fixture('balloon-reference.jp2')).subarray(0, 4000);
    fc.assert(
      fc.property(fc.nat({ max: 3999 }), fc.nat({ max: 255 }), fc.nat({ max: 4000 }), (at, value, end) => {
        const copy = Buffer.from(start.subarray(0, end));
        if (at < copy.length) copy[at] = value;
        readJp2Header(copy);
      }),
      { numRuns: 2000 },
    );
  });
});

test('what is encoded is decoded, and what is none is refused', async () => {
  const picture = { data: Uint8Array.from({ length: 64 * 48 * 3 }, (_, n) => (n * 7) % 256), width: 64, height: 48, channels: 3 };
  const codestream = await encodeJp2(picture);
  const header = readJp2Header(Buffer.from(codestream));
  assert.deepEqual([header?.width, header?.height, header?.unfit], [64, 48, undefined]);
  const { width, height } = await decodeJp2(codestream, 1);
  assert.deepEqual([width, height], [32, 24]);
  await assert.rejects(decodeJp2(Buffer.from('no picture'), 0));
});
