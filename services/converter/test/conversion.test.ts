import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { isProblemCode } from '@vitrine/contracts/problems.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import sharp from 'sharp';
import type { ConversionSettings } from '../src/child/conversion-task.ts';
import { ChildPool } from '../src/child-pool.ts';
import { standardSettings } from '../src/conversion-settings.ts';
import { hashFile } from '../src/hash-file.ts';

const LIMITS = { size: 1, memoryMegabytes: 1500, totalMegabytes: 3000, seconds: 60 };
const pool = new ChildPool({ ...LIMITS, size: 2 });
// Files of one name are read again and again.
sharp.cache(false);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  pool.close();
  await folder.remove();
});

const signal = new AbortController().signal;
const output = () => join(folder.path, 'out.tif');
const convert = (
  input: string,
  using = pool,
  file = output(),
  { page = 1, ...changed }: Partial<ConversionSettings> & { page?: number } = {},
) =>
  using.convert(
    { input, output: file, tiles: `${file}.tiles`, page, settings: { ...standardSettings, ...changed }, maxPixels: 200_000_000 },
    signal,
  );
async function convertBytes(bytes: Buffer, changed: Partial<ConversionSettings> & { page?: number } = {}) {
  const input = join(folder.path, 'in');
  await writeFile(input, bytes);
  return convert(input, pool, output(), changed);
}
const picture = (channels: 3 | 4, background = { r: 200, g: 30, b: 60, alpha: 0.5 }) =>
  sharp({ create: { width: 600, height: 400, channels, background } });
const codeOf = (error: unknown) => (error instanceof Problem ? error.code : String(error));

suite('conversion', { concurrency: 1 }, () => {
  test('a JPEG becomes a pyramid down to one tile, sizes as stored', async () => {
    const result = await convertBytes(await picture(3).jpeg().toBuffer());
    assert.deepEqual(result.levels, [
      { width: 600, height: 400 },
      { width: 300, height: 200 },
      { width: 150, height: 100 },
    ]);
    assert.equal(result.master.format, 'jpeg');
    const metadata = await sharp(output()).metadata();
    assert.deepEqual([metadata.pages, metadata.space], [3, 'srgb']);
  });

  test('an image smaller than a tile has one level', async () =>
    assert.equal(
      (
        await convertBytes(
          await sharp({ create: { width: 9, height: 5, channels: 3, background: '#abc' } })
            .png()
            .toBuffer(),
        )
      ).levels.length,
      1,
    ));

  for (const orientation of [1, 3, 6, 8]) {
    test(`orientation ${orientation} comes out upright`, async () => {
      const result = await convertBytes(await picture(3).jpeg().withMetadata({ orientation }).toBuffer());
      assert.deepEqual([result.width, result.height], orientation >= 5 ? [400, 600] : [600, 400]);
    });
  }

  test('transparency is flattened on white, and the report says so', async () => {
    const result = await convertBytes(await picture(4).png().toBuffer());
    const { data } = await sharp(output()).raw().toBuffer({ resolveWithObject: true });
    assert.ok(Math.abs((data[0] ?? 0) - 228) < 6, `red is ${data[0]}`);
    assert.ok(result.changes.includes('transparency flattened on #ffffff'));
    assert.deepEqual(result.lost, ['transparency']);
  });

  test('a grey master stays grey', async () => {
    await convertBytes(await picture(3).grayscale().toColourspace('b-w').jpeg().toBuffer());
    assert.equal((await sharp(output()).metadata()).channels, 1);
  });

  test('16 bits are reduced to 8, and the report says so', async () => {
    const result = await convertBytes(await picture(3).toColourspace('rgb16').png().toBuffer());
    assert.equal((await sharp(output()).metadata()).depth, 'uchar');
    assert.ok(result.changes.some((change) => change.startsWith('ushort')));
  });

  test('equal bytes give an equal derivative', async () => {
    const bytes = await picture(3).jpeg().toBuffer();
    const hashes = [];
    for (let n = 0; n < 2; n++) {
      await convertBytes(bytes);
      hashes.push(await hashFile(output()));
    }
    assert.equal(hashes[0], hashes[1]);
  });

  const refused: readonly (readonly [string, () => Promise<Buffer>, string])[] = [
    ['text', async () => Buffer.from('this is not an image'), 'master-format-unsupported'],
    ['nothing', async () => Buffer.alloc(0), 'master-format-unsupported'],
    ['a web page', async () => Buffer.from('\n<!DOCTYPE html><title>Sign in</title>'), 'master-format-unsupported'],
    ['a video', async () => Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'), 'master-format-unsupported'],
    ['HEIC', async () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'master-format-unsupported'],
    [
      'SVG, which could name other files',
      async () => Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'master-format-unsupported',
    ],
    [
      'a JPEG cut in half',
      async () => {
        const whole = await picture(3).jpeg().toBuffer();
        return whole.subarray(0, whole.length / 2);
      },
      'master-unreadable',
    ],
    [
      'more pixels than allowed',
      () =>
        sharp({ create: { width: 15_000, height: 15_000, channels: 3, background: '#000' } })
          .png({ palette: true })
          .toBuffer(),
      'master-too-large',
    ],
  ];
  for (const [title, make, code] of refused) {
    test(`refuses ${title}`, async () => assert.equal(await convertBytes(await make()).catch(codeOf), code));
  }

  test('a child that ends because it was idle is given no work', async () => {
    const input = join(folder.path, 'idle');
    await writeFile(input, await picture(3).jpeg().toBuffer());
    const hasty = new ChildPool({ ...LIMITS, idle: 20 });
    for (let n = 0; n < 6; n++) {
      assert.equal((await convert(input, hasty, join(folder.path, 'idle.tif'))).levels.length, 3);
      await new Promise((resolve) => setTimeout(resolve, 19 + (n % 3)));
    }
    hasty.close();
  });

  test('a conversion that takes too much memory or time ends as such, and the next one works', async () => {
    const input = join(folder.path, 'large');
    await writeFile(
      input,
      await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#135' } })
        .png({ progressive: true })
        .toBuffer(),
    );
    const small = new ChildPool({ ...LIMITS, memoryMegabytes: 90 });
    assert.equal(await convert(input, small, join(folder.path, 'a.tif')).catch(codeOf), 'master-too-large');
    small.close();
    const short = new ChildPool({ ...LIMITS, seconds: 0.05 });
    assert.equal(await convert(input, short, join(folder.path, 'b.tif')).catch(codeOf), 'master-too-large');
    short.close();
    assert.equal((await convertBytes(await picture(3).jpeg().toBuffer())).levels.length, 3);
  });
});

const fixtures = sharedFixtures(process.env);
suite('JPEG 2000 masters', { skip: fixtures === undefined && WITHOUT_FIXTURES, concurrency: 1 }, () => {
  test('are kept as they are, at the sizes that they have in themselves', async () => {
    const file = join(fixtures ?? '', 'images/balloon-reference.jp2');
    const result = await convert(file, pool, output(), { keepJp2: true });
    assert.deepEqual([result.format, result.width, result.height, result.master.format], ['jp2', 2717, 3701, 'jp2']);
    assert.deepEqual(result.levels[1], { width: 1359, height: 1851 });
    assert.equal(await hashFile(output()), await hashFile(file));
  });

  const refused = [
    ['four channels', 'images/formats/jp2-6res-rgba-64x56x16-multitiled-lossy.jp2', (bytes: Buffer) => bytes, 'master-format-unsupported'],
    ['a header and nothing else', 'images/balloon-reference.jp2', (bytes: Buffer) => bytes.subarray(0, 3000), 'master-unreadable'],
    ['a signature alone', 'images/balloon-reference.jp2', (bytes: Buffer) => bytes.subarray(0, 12), 'master-unreadable'],
  ] as const;
  for (const [name, file, change, code] of refused)
    test(`${name}: refused`, async () =>
      assert.equal(await convertBytes(change(await readFile(join(fixtures ?? '', file)))).catch(codeOf), code));
});

suite('conversion of the shared fixtures', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  const files = await Promise.all(
    ['images', 'images/derived', 'images/exif', 'images/formats', 'hostile-images'].map(async (name) => {
      const entries = fixtures === undefined ? [] : await readdir(join(fixtures, name), { withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(name, entry.name));
    }),
  );
  // What the names promise must convert, but for what libvips can't read (CIELAB, WebP, four JPEG bands, planar tiles in a TIFF) and a file
  // that ends after its header.
  const unreadable = /hopper\.Lab|hopper_webp|tif-rgba-1res-64x56x8-tiled-jpeg|tiff_tiled_planar_16bit_RGB|ultrahdr/;
  for (const file of files.flat()) {
    const must = !file.startsWith('hostile') && /\.(jpe?g|png|tiff?)$/i.test(file) && !unreadable.test(file);
    test(file, async () => {
      const ended = await convert(join(fixtures ?? '', file)).then(
        ({ width, height }) => `${width} × ${height}`,
        (error: unknown) => codeOf(error),
      );
      if (must) assert.match(ended, /^\d+ × \d+$/, ended);
      else assert.ok(/^\d+ × \d+$/.test(ended) || (isProblemCode(ended) && ended !== 'unexpected'), ended);
      if (file.startsWith('images/exif')) assert.equal(ended, '1200 × 1800');
    });
  }
});
