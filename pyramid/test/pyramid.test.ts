import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { cropJpeg } from '../src/crop-jpeg.ts';
import { joinTiles } from '../src/join-tiles.ts';
import { type Pyramid, type PyramidLevel, visibleSize } from '../src/pyramid-level.ts';
import { readPyramid } from '../src/read-pyramid.ts';
import { restartPyramid } from '../src/restart-pyramid.ts';
import { restartRows } from '../src/restart-rows.ts';
import { jpegPrefix, spliceJpeg } from '../src/splice-jpeg.ts';
import { makeTileTable, readTileTable } from '../src/tile-table.ts';
import { wrapTiff } from '../src/wrap-tiff.ts';

const fixtures = sharedFixtures(process.env);
const readerOf = (bytes: Buffer) => async (from: number, to: number) =>
  bytes.subarray(Math.min(from, bytes.length), Math.min(to, bytes.length));
const storedOf = (bytes: Buffer, { offsets, counts }: PyramidLevel, tile: number) =>
  bytes.subarray(offsets[tile] ?? 0, (offsets[tile] ?? 0) + (counts[tile] ?? 0));
const sizes = ({ levels }: Pyramid) => levels.map(({ width, height }) => `${width}x${height}`).join(' ');
const pixelsOf = (jpeg: Buffer) => sharp(jpeg).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
const isDamaged = (error: unknown) => error instanceof Problem && error.code === 'derivative-damaged';

async function noise(width: number, height: number, quality: number, chromaSubsampling: string): Promise<Buffer> {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < data.length; at++) data[at] = ((at * 2_654_435_761) % 256) ^ (at >> 6);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .blur(1.2)
    .jpeg({ quality, chromaSubsampling })
    .toBuffer();
}

/** How far pixels differ at the most: inside, and in the last column and row, where a decoder can't look at a neighbour that was left out. */
function differences(full: Buffer, fullWidth: number, part: Buffer, width: number, height: number) {
  let [inside, edge] = [0, 0];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let band = 0; band < 3; band++) {
        const difference = Math.abs((full[(y * fullWidth + x) * 3 + band] ?? 0) - (part[(y * width + x) * 3 + band] ?? 0));
        if (x < width - 1 && y < height - 1) inside = Math.max(inside, difference);
        else edge = Math.max(edge, difference);
      }
  return { inside, edge };
}

suite('a JPEG cropped without decoding', () => {
  for (const [subsampling, quality] of [
    ['4:2:0', 85],
    ['4:4:4', 95],
    ['4:2:0', 20],
  ] as const) {
    test(`shows the pixels of the whole (${subsampling}, quality ${quality}), at any size`, async () => {
      const jpeg = await noise(96, 80, quality, subsampling);
      const whole = await pixelsOf(jpeg);
      const prefix = jpegPrefix({ tables: undefined, photometric: 6 });
      // libjpeg interpolates the colours of nothing narrower.
      const narrowest = subsampling === '4:2:0' ? 5 : 1;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: narrowest, max: 96 }), fc.integer({ min: 1, max: 80 }), async (width, height) => {
          const cropped = cropJpeg(jpeg, prefix, width, height);
          assert.ok(cropped);
          const { data, info } = await pixelsOf(spliceJpeg(cropped, prefix));
          assert.deepEqual([info.width, info.height], [width, height]);
          const { inside, edge } = differences(whole.data, 96, data, width, height);
          assert.equal(inside, 0);
          assert.ok(subsampling === '4:2:0' || edge === 0, `the edge differs by ${edge}`);
        }),
        { numRuns: 60 },
      );
    });
  }

  test('what it is not made for is left to a decoder', async () => {
    const prefix = jpegPrefix({ tables: undefined, photometric: 6 });
    const picture = sharp({ create: { width: 64, height: 64, channels: 3, background: '#369' } });
    assert.equal(cropJpeg(await picture.clone().jpeg({ progressive: true }).toBuffer(), prefix, 10, 10), undefined);
    assert.equal(cropJpeg(Buffer.from('no JPEG'), prefix, 10, 10), undefined);
    assert.equal(cropJpeg(await picture.clone().jpeg().toBuffer(), prefix, 65, 10), undefined);
  });

  test('a tile with flipped bits costs nothing but itself', async () => {
    const jpeg = await noise(64, 64, 80, '4:2:0');
    const prefix = jpegPrefix({ tables: undefined, photometric: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: jpeg.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }), (flips) => {
        const copy = Buffer.from(jpeg);
        for (const [at, value] of flips) copy[at] = value;
        cropJpeg(copy, prefix, 33, 20);
      }),
      { numRuns: 500 },
    );
  });
});

suite('tiles that restart at each row of units', () => {
  const side = 64;
  async function pyramidBytes(width: number, height: number, quality: number, bigtiff: boolean): Promise<Buffer> {
    return sharp(await noise(width, height, 95, '4:4:4'))
      .withMetadata({ density: 300 })
      .tiff({ tile: true, tileWidth: side, tileHeight: side, pyramid: true, compression: 'jpeg', quality, bigtiff })
      .toBuffer();
  }
  async function restarted(bytes: Buffer) {
    let made = Buffer.alloc(0);
    const units = await restartPyramid(readerOf(bytes), async (part, at) => {
      if (made.length < at + part.length) made = Buffer.concat([made, Buffer.alloc(at + part.length - made.length)]);
      part.copy(made, at);
    });
    return { made, units };
  }

  for (const [name, quality, bigtiff] of [
    ['YCbCr tiles', 80, false],
    ['RGB tiles', 95, false],
    ['BigTIFF', 80, true],
  ] as const)
    test(`${name}: every level and tag is what it was, and neighbours joined are the region`, async () => {
      const bytes = await pyramidBytes(300, 200, quality, bigtiff);
      const { made, units } = await restarted(bytes);
      assert.ok(units);
      const [before, after] = [await sharp(bytes).metadata(), await sharp(made).metadata()];
      assert.deepEqual(after, { ...before, size: after.size });
      const { levels } = await readPyramid(readerOf(made));
      for (const [page] of levels.entries())
        assert.deepEqual(await sharp(made, { page }).raw().toBuffer(), await sharp(bytes, { page }).raw().toBuffer());
      const [level] = levels;
      const [unit] = units;
      assert.ok(unit);
      const tiles = [0, 1, level.across, level.across + 1].map((tile) => storedOf(made, level, tile));
      const size = { width: 2 * side, height: 2 * side - 5 };
      const joined = joinTiles({ tiles, across: 2, prefix: jpegPrefix(level), unit, tile: { width: side, height: side }, size });
      const { data, info } = await pixelsOf(joined);
      assert.deepEqual([info.width, info.height], [size.width, size.height]);
      const whole = await sharp(bytes)
        .extract({ left: 0, top: 0, ...size })
        .raw()
        .toBuffer();
      const mean = data.reduce((sum, value, at) => sum + Math.abs(value - (whole[at] ?? 0)), 0) / data.length;
      // A decoder interpolates the colours of neighbours across what was the seam.
      assert.ok(mean < 0.5, `differs by ${mean}`);
    });

  test('it can be done again, and crops like any other', async () => {
    const { made } = await restarted(await pyramidBytes(130, 70, 80, false));
    const twice = await restarted(made);
    assert.deepEqual(twice.made, made);
    const { levels } = await readPyramid(readerOf(made));
    const prefix = jpegPrefix(levels[0]);
    const tile = storedOf(made, levels[0], 0);
    const cropped = cropJpeg(tile, prefix, 33, 20);
    assert.ok(cropped);
    const [part, whole] = [await pixelsOf(spliceJpeg(cropped, prefix)), await pixelsOf(spliceJpeg(tile, prefix))];
    assert.equal(differences(whole.data, side, part.data, 33, 20).inside, 0);
  });

  test('a file of other tiles is left as it is', async () => {
    const deflate = await sharp(await noise(130, 70, 90, '4:4:4'))
      .tiff({ tile: true, tileWidth: side, tileHeight: side, pyramid: true, compression: 'deflate' })
      .toBuffer();
    assert.equal((await restarted(deflate)).units, undefined);
  });

  test('flipped bits give a picture or derivative-damaged, and nothing else', async () => {
    const { made } = await restarted(await pyramidBytes(130, 70, 80, false));
    const [level] = (await readPyramid(readerOf(made))).levels;
    const tile = storedOf(made, level, 0);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: tile.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 6 }), (flips) => {
        const copy = Buffer.from(tile);
        for (const [at, value] of flips) copy[at] = value;
        restartRows(copy, jpegPrefix(level));
        try {
          const size = { width: 2 * side, height: side };
          joinTiles({
            tiles: [copy, tile],
            across: 2,
            prefix: jpegPrefix(level),
            unit: { width: 16, height: 16 },
            tile: { width: side, height: side },
            size,
          });
        } catch (thrown) {
          assert.ok(isDamaged(thrown), String(thrown));
        }
      }),
      { numRuns: 500 },
    );
  });
});

suite('pyramids of others', { skip: fixtures ? false : WITHOUT_FIXTURES }, () => {
  const table = [
    ['caillebotte-pyramid.tif', '4993x3877 2496x1938 1248x969 624x484 312x242 156x121', 560],
    ['derived/bigtiff-pyramid-subifds-ycbcr.tif', '2600x1697 1300x849 650x425 325x213 163x107', undefined],
    ['derived/pyramid-ifds-rgb-photometric.tif', '1300x849 650x425 325x213 163x107', undefined],
    ['mars-jpeg-cog.tif', '1118x1683 559x841 279x420', undefined],
    ['grey16-cog.tif', '2658x2667 1329x1334 665x667 333x334 167x167', undefined],
  ] as const;
  for (const [file, levels, profile] of table) {
    test(`${file}: levels ${levels}`, async () => {
      const bytes = await readFile(join(fixtures ?? '', 'images', file));
      const pyramid = await readPyramid(readerOf(bytes));
      assert.equal(sizes(pyramid), levels);
      assert.equal(pyramid.profile?.length, profile);
    });

    test(`${file}: its tiles, wrapped, are what libvips sees of it`, async () => {
      const bytes = await readFile(join(fixtures ?? '', 'images', file));
      const { levels: all } = await readPyramid(readerOf(bytes));
      const [level] = all;
      const wrapped = wrapTiff(level, { column: 0, row: 0, across: 1, down: 1 }, [storedOf(bytes, level, 0)]);
      const { width, height } = visibleSize(level, 0);
      const raw = (image: Sharp) => image.extract({ left: 0, top: 0, width, height }).raw().toBuffer();
      const [ours, theirs] = [await raw(sharp(wrapped)), await raw(sharp(bytes))];
      assert.equal(ours.length, theirs.length);
      // libvips turns a profile into sRGB where the file has one.
      const differs = ours.reduce((sum, value, at) => sum + Math.abs(value - (theirs[at] ?? 0)), 0) / ours.length;
      assert.ok(profile === undefined ? differs === 0 : differs < 2, `differs by ${differs}`);
    });
  }

  test('pages that are no levels are left alone', async () => {
    const bytes = await readFile(join(fixtures ?? '', 'images/derived/pyramid-ifds-rgb-photometric.tif'));
    const { levels } = await readPyramid(readerOf(bytes));
    const [level] = levels;
    const page = wrapTiff(level, { column: 0, row: 0, across: 1, down: 1 }, [storedOf(bytes, level, 0)]);
    // Two pages of one size: the directory of the second is that of the first, moved.
    const second = Buffer.from(page);
    const twice = Buffer.concat([page, second]);
    const entries = page.readUInt16LE(8);
    twice.writeUInt32LE(page.length + 8, 10 + entries * 12);
    assert.equal(sizes(await readPyramid(readerOf(twice))), '256x256');
  });

  test('strips instead of tiles are said as such', async () => {
    const bytes = await readFile(join(fixtures ?? '', 'images/map-palette-geotiff.tif'));
    await assert.rejects(readPyramid(readerOf(bytes)), isDamaged);
  });
});

suite('the tile table', () => {
  async function made(width: number, height: number) {
    const bytes = await sharp(await noise(width, height, 90, '4:4:4'))
      .tiff({ tile: true, tileWidth: 64, tileHeight: 64, pyramid: true, compression: 'jpeg', quality: 80 })
      .toBuffer();
    const pyramid = await readPyramid(readerOf(bytes));
    const extend = async (jpeg: Buffer, visible: { width: number; height: number }, wanted: { width: number; height: number }) =>
      sharp(jpeg)
        .extract({ left: 0, top: 0, ...visible })
        .extend({ right: wanted.width - visible.width, bottom: wanted.height - visible.height, extendWith: 'copy' })
        .jpeg()
        .toBuffer();
    return { pyramid, blob: await makeTileTable(pyramid, { read: async (level, tile) => storedOf(bytes, level, tile), extend }) };
  }

  test('says all that the pyramid says, and has each tile of the edge as it shows, rounded down and up', async () => {
    const { pyramid, blob } = await made(301, 203);
    const table = readTileTable(blob);
    assert.equal(sizes(table), sizes(pyramid));
    for (const [n, level] of pyramid.levels.entries()) {
      assert.deepEqual(table.levels[n]?.offsets, level.offsets);
      assert.deepEqual(table.levels[n]?.counts, level.counts);
      const prefix = jpegPrefix(level);
      for (let tile = 0; tile < level.across * level.down; tile++) {
        const visible = visibleSize(level, tile);
        const crops = table.crops[n]?.get(tile) ?? [];
        if (visible.width === 64 && visible.height === 64) assert.deepEqual(crops, []);
        else assert.deepEqual([crops[0]?.width, crops[0]?.height], [visible.width, visible.height]);
        for (const { from, to, own, width, height } of crops) {
          const stored = blob.subarray(from, to);
          const { info } = await pixelsOf(own ? stored : spliceJpeg(stored, prefix));
          assert.deepEqual([info.width, info.height], [width, height]);
        }
      }
    }
    // 301 / 2 is 150.5: the file has 150, a client that rounds up asks for 151.
    const second = pyramid.levels[1];
    const last = second && table.crops[1]?.get(second.across - 1);
    assert.deepEqual(
      last?.map(({ width }) => width),
      [150 % 64, (150 % 64) + 1],
    );
  });

  test('that is damaged or cut is said to be so', async () => {
    const { blob } = await made(130, 70);
    fc.assert(
      fc.property(fc.nat({ max: blob.length - 1 }), fc.nat({ max: 255 }), fc.nat({ max: blob.length }), (at, value, end) => {
        const copy = Buffer.from(blob.subarray(0, end));
        if (at < copy.length) copy[at] = value;
        try {
          readTileTable(copy);
        } catch (thrown) {
          assert.ok(isDamaged(thrown), String(thrown));
        }
      }),
      { numRuns: 500 },
    );
  });
});
