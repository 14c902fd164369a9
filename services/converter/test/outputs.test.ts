import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { decodeJp2, encodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import sharp from 'sharp';
import type { ConversionSettings } from '../src/child/conversion-task.ts';
import { ChildPool } from '../src/child-pool.ts';
import { standardSettings } from '../src/conversion-settings.ts';
import { hashFile } from '../src/hash-file.ts';

const pool = new ChildPool({ size: 1, memoryMegabytes: 1500, totalMegabytes: 1500, seconds: 60 });
sharp.cache(false);
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
before(async () => {
  folder = await temporaryFolder();
});
after(async () => {
  pool.close();
  await folder.remove();
});

let count = 0;
async function convert(master: Buffer | string, changed: Partial<ConversionSettings> = {}, page = 1) {
  const output = join(folder.path, `out-${++count}`);
  let input = `${output}.in`;
  if (typeof master === 'string') input = master;
  else await writeFile(input, master);
  const settings = { ...standardSettings, ...changed };
  const result = await pool.convert(
    { input, output, tiles: `${output}.tiles`, page, settings, maxPixels: 100_000_000 },
    new AbortController().signal,
  );
  return { result, output, input };
}

const raw = (file: string) => sharp(file).raw().toBuffer({ resolveWithObject: true });
const drawing = (channels: 3 | 4 = 3) =>
  sharp({ create: { width: 700, height: 500, channels, background: { r: 200, g: 40, b: 60, alpha: 0.5 } } });
const photograph = () => picture({ width: 700, height: 500, seed: 8, format: 'png' }).read();

/** A grey TIFF of one strip of 32-bit floating point numbers (TIFF 6.0, section 19). */
function floatTiff(values: readonly number[]): Buffer {
  const file = plainTiff([{ width: values.length * 4, height: 1, shade: 0 }]);
  const entry = (tag: number) => file.indexOf(Buffer.from([tag & 0xff, tag >> 8, 4, 0]), 8 + values.length * 4);
  file.writeUInt32LE(values.length, entry(256) + 8);
  file.writeUInt32LE(32, entry(258) + 8);
  // What it says of rows per strip is not needed: there the sample format is told.
  file.writeUInt16LE(339, entry(278));
  file.writeUInt32LE(3, file.indexOf(Buffer.from([0x53, 0x01, 4, 0])) + 8);
  for (const [n, value] of values.entries()) file.writeFloatLE(value, 8 + n * 4);
  return file;
}

suite('what a derivative is', { concurrency: 1 }, () => {
  test('tiles of 512 pixels', async () => {
    const { result, output } = await convert(await drawing().jpeg().toBuffer(), { tile: 512 });
    assert.deepEqual([result.tile, result.levels.length], [{ width: 512, height: 512 }, 2]);
    assert.equal((await sharp(output).metadata()).pages, 2);
  });

  test('lossless tiles keep every pixel, and transparency', async () => {
    const master = await drawing(4).png().toBuffer();
    const { result, output } = await convert(master, { encoding: 'deflate' });
    assert.deepEqual([result.encoding, result.lost, result.verified.difference], ['deflate', [], 0]);
    const [made, was] = [await raw(output), await sharp(master).raw().toBuffer({ resolveWithObject: true })];
    assert.equal(made.info.channels, 4);
    assert.ok(made.data.equals(was.data));
  });

  test('transparency shows the background that is set', async () => {
    const { output, result } = await convert(await drawing(4).png().toBuffer(), { background: '#00ff00' });
    const [red = 0, green = 0] = (await raw(output)).data;
    assert.ok(Math.abs(red - 100) < 6 && Math.abs(green - 147) < 6, `${red} ${green}`);
    assert.ok(result.changes.includes('transparency flattened on #00ff00'));
  });

  test('JPEG 2000 without loss', async () => {
    const master = await photograph();
    const { result, output } = await convert(master, { encoding: 'jp2-lossless' });
    assert.equal(result.format, 'jp2');
    const made = await decodeJp2(await readFile(output), 0);
    assert.ok(Buffer.from(made.data).equals(await sharp(master).removeAlpha().toColourspace('srgb').raw().toBuffer()));
  });

  test('JPEG 2000 is as many times smaller as was asked (it was not: a ratio without a layer held for nothing)', async () => {
    const noise = { data: new Uint8Array(300 * 300 * 3).map((_, n) => (n * n * 7919) >> 5), width: 300, height: 300, channels: 3 };
    const size = async (ratio: number) => noise.data.length / (await encodeJp2(noise, ratio)).length;
    for (const ratio of [6, 20]) assert.ok(Math.abs((await size(ratio)) / ratio - 1) < 0.1, `${await size(ratio)} instead of ${ratio}`);
  });

  test('thumbnails lie beside it, none larger than the image', async () => {
    const { result } = await convert(await drawing().jpeg().toBuffer(), { thumbnails: [800, 64, 200] });
    assert.deepEqual(
      result.thumbnails.map(({ width, height }) => [width, height]),
      [
        [64, 46],
        [200, 143],
      ],
    );
    for (const { file, width, height } of result.thumbnails) {
      const made = await sharp(file).metadata();
      assert.deepEqual([made.format, made.width, made.height], ['jpeg', width, height]);
    }
  });

  test('numbers within 0 and 1 are stretched from there, others from the least to the greatest', async () => {
    const shades = async (values: number[]) => {
      const { output } = await convert(floatTiff(values), { encoding: 'deflate' });
      return [...(await sharp(output).toColourspace('b-w').raw().toBuffer())];
    };
    assert.deepEqual(await shades([0, 0.25, 0.5, 1]), [0, 64, 128, 255]);
    assert.deepEqual(await shades([-100, 0, 100, 300]), [0, 64, 128, 255]);
  });

  test('resolution is kept, and the report says it', async () => {
    const { result, output } = await convert(
      await drawing().withMetadata({ density: 300 }).tiff({ xres: 11.811, yres: 11.811 }).toBuffer(),
    );
    assert.ok(Math.abs((result.master.pixelsPerCentimetre ?? 0) - 118.11) < 0.5, String(result.master.pixelsPerCentimetre));
    assert.ok(Math.abs(((await sharp(output).metadata()).density ?? 0) - 300) < 2);
  });

  test('rights and description of XMP are kept by a list, the rest is not', async () => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
      <rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"
        photoshop:Credit="A &amp; B" exif:GPSLatitude="48,51.5N">
        <dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Museum &lt;2026&gt;</rdf:li></rdf:Alt></dc:rights>
        <dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li></rdf:Seq></dc:creator>
      </rdf:Description></rdf:RDF></x:xmpmeta>`;
    const { result, output } = await convert(await drawing().withXmp(xmp).jpeg().toBuffer());
    assert.deepEqual(result.kept, ['dc:creator', 'dc:rights', 'photoshop:Credit']);
    const kept = String((await sharp(output).metadata()).xmp);
    for (const text of ['© Museum &lt;2026&gt;', '<rdf:li>Ann</rdf:li><rdf:li>Bob</rdf:li>', 'A &amp; B'])
      assert.ok(kept.includes(text), text);
    assert.ok(!kept.includes('GPS'));
  });

  test('XMP that declares entities is left out, and the report says so', async () => {
    const bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&a;</x:xmpmeta>';
    const { result } = await convert(await drawing().withXmp(bomb).jpeg().toBuffer());
    assert.deepEqual([result.kept, result.lost], [[], ['its XMP: it can’t be read']]);
  });

  test('a derivative that comes back as a master is used as it is', async () => {
    const { output } = await convert(await photograph());
    const again = await convert(await readFile(output));
    assert.equal(await hashFile(again.output), await hashFile(output));
    assert.match(again.result.changes[0] ?? '', /used as it is/);
    const other = await convert(await readFile(output), { encoding: 'deflate' });
    assert.notEqual(await hashFile(other.output), await hashFile(output));
  });

  test('each page of a TIFF by its number, and none beyond', async () => {
    const book = plainTiff([20, 120, 220].map((shade) => ({ width: 40, height: 30, shade })));
    for (const [n, shade] of [20, 120, 220].entries()) {
      const { result, output } = await convert(book, {}, n + 1);
      assert.equal(result.master.pages, 3);
      assert.ok(Math.abs(((await raw(output)).data[0] ?? 0) - shade) < 3);
    }
    await assert.rejects(convert(book, {}, 4), (thrown) => thrown instanceof Problem && thrown.code === 'master-unreadable');
  });
});

const fixtures = sharedFixtures(process.env);
suite('what fixtures become', { skip: fixtures === undefined && WITHOUT_FIXTURES, concurrency: 1 }, () => {
  const at = (name: string) => join(fixtures ?? '', 'images', name);
  const read: readonly (readonly [string, string, string])[] = [
    ['formats/transparent.webp', 'webp', '200 × 150'],
    ['formats/icc_profile.avif', 'avif', '57 × 57'],
    ['formats/rot1mir0.avif', 'avif', '640 × 427'],
    ['formats/gif-animated-looping.gif', 'gif', '136 × 200'],
    ['formats/16bit.cropped.jp2', 'jp2', '64 × 64'],
    ['balloon-reference.jp2', 'jp2', '2717 × 3701'],
    ['formats/hopper_bigtiff.tif', 'tiff', '128 × 128'],
    ['formats/g4_orientation_6.tif', 'tiff', '590 × 88'],
  ];
  for (const [name, format, size] of read)
    test(`${name}: ${format}, ${size}`, async () => {
      const { result } = await convert(at(name));
      assert.deepEqual([result.master.format, `${result.width} × ${result.height}`], [format, size]);
      assert.ok(result.verified.difference <= result.verified.tolerance);
    });

  const refused: readonly (readonly [string, RegExp])[] = [
    ['formats/hopper.Lab.tif', /CIELAB/],
    ['formats/hopper_webp.tif', /WebP/],
    ['formats/tiff_tiled_planar_16bit_RGB.tiff', /each colour by itself/],
    ['formats/jp2-6res-rgba-64x56x16-multitiled-lossy.jp2', /4 channels/],
  ];
  for (const [name, sentence] of refused)
    test(`${name} is refused by a sentence`, () =>
      assert.rejects(
        convert(at(name)),
        (thrown) => thrown instanceof Problem && thrown.code === 'master-format-unsupported' && sentence.test(thrown.detail ?? ''),
      ));

  test('a profile is honoured and named, a missing one named as missing', async () => {
    const { result } = await convert(at('display-p3.jpg'));
    assert.match(result.master.profile ?? '', /P3/);
    assert.ok(result.changes.some((change) => change.startsWith('converted from the embedded profile')));
    const without = await convert(at('formats/wide.jpg'));
    assert.ok(without.result.changes.some((change) => change.startsWith('no profile')));
  });
});
