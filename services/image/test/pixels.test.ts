import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import fc from 'fast-check';
import sharp from 'sharp';
import { Admission } from '../src/admission.ts';
import { answerPixels, planAnswer } from '../src/answer-pixels.ts';
import { BufferPool } from '../src/buffer-pool.ts';
import { clientBudget } from '../src/client-budget.ts';
import { decodedTiles } from '../src/decoded-tiles.ts';
import { parseImageRequest } from '../src/domain/image-request.ts';
import { jp2Codec } from '../src/jp2/jp2-codec.ts';
import { openPyramids } from '../src/open-pyramids.ts';
import { resultCache } from '../src/result-cache.ts';

// The service reads nothing but TIFF; this test reads what it makes.
sharp.unblock({ operation: ['VipsForeignLoad'] });

const WIDTH = 1301;
const HEIGHT = 907;
const TILE = { width: 256, height: 256 };

/** A smooth picture, so that JPEG and resampling change little. */
function pixels(): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const at = (y * WIDTH + x) * 3;
      data[at] = Math.round((x / WIDTH) * 255);
      data[at + 1] = Math.round((y / HEIGHT) * 255);
      data[at + 2] = Math.round(128 + 100 * Math.sin(x / 90) * Math.cos(y / 70));
    }
  }
  return data;
}

type TiffChoice = { quality: number; bigtiff: boolean };
const derivative = ({ quality, bigtiff }: TiffChoice) =>
  sharp(pixels(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .tiff({ tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, compression: 'jpeg', quality, bigtiff })
    .toBuffer();

async function withDerivative(
  bytes: Buffer,
  run: (answer: (path: string) => Promise<{ plan: string; bytes: Buffer }>) => Promise<void>,
): Promise<void> {
  const folder = await temporaryFolder();
  const blobs = await openFilesystemBlobs(join(folder.path, 'blobs'));
  await blobs.put('test/derivative.tif', bytes);
  const image = { width: WIDTH, height: HEIGHT };
  const derivative = { key: 'test/derivative.tif', version: '0123456789', superseded: [], ...image, tile: TILE, levels: [image] };
  const pyramids = openPyramids(blobs);
  const jp2 = jp2Codec();
  const tools = {
    tiles: decodedTiles(10_000_000, new BufferPool(10_000_000)),
    jp2,
    admission: new Admission({ tiles: 4, large: 1, bytes: 500_000_000 }),
    results: resultCache(0),
    budget: clientBudget(0, Date.now),
    blobs,
  };
  try {
    await pyramids.with(derivative, (pyramid) =>
      run(async (path) => {
        const [region = '', size = '', rotation = '', file = ''] = path.split('/');
        const request = parseImageRequest(region, size, rotation, file);
        const answer = planAnswer(request, derivative, pyramid, { maxArea: 36_000_000 }, 3);
        const bytes = await answerPixels(answer, pyramid, tools, { address: '127.0.0.1', signal: new AbortController().signal });
        return { plan: `${answer.plan.kind} ${'level' in answer.plan ? answer.plan.level : ''}`, bytes };
      }),
    );
  } finally {
    await jp2.close();
    pyramids.close();
  }
  await folder.remove();
}

const meanDifference = (a: Buffer, b: Buffer) => a.reduce((sum, value, at) => sum + Math.abs(value - (b[at] ?? 0)), 0) / a.length;
const expected = (region: { left: number; top: number; width: number; height: number }, width: number, height: number) =>
  sharp(pixels(), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    .extract(region)
    .resize(width, height, { fit: 'fill' })
    .removeAlpha()
    .raw()
    .toBuffer();

for (const [name, choice] of [
  ['YCbCr tiles', { quality: 85, bigtiff: false }],
  ['RGB tiles in a BigTIFF', { quality: 92, bigtiff: true }],
] as const) {
  suite(`pixels from ${name}`, async () => {
    const bytes = await derivative(choice);

    const plans: readonly (readonly [string, string])[] = [
      ['0,0,256,256/256,256/0/default.jpg', 'stored 0'],
      ['256,512,256,256/256,/0/color.jpg', 'stored 0'],
      ['512,256,256,256/max/360/default.jpg', 'stored 0'],
      ['0,0,512,512/256,256/0/default.jpg', 'stored 1'],
      ['0,0,512,512/!256,256/0/default.jpg', 'stored 1'],
      ['1,0,256,256/256,256/0/default.jpg', 'decoded 0'],
      ['0,0,256,256/256,256/90/default.jpg', 'decoded 0'],
      ['0,0,256,256/256,256/0/gray.jpg', 'decoded 0'],
      ['0,0,256,256/256,256/0/default.png', 'decoded 0'],
      ['1280,768,21,139/21,139/0/default.jpg', 'stored 0'],
      ['1280,768,256,256/max/0/default.jpg', 'stored 0'],
      ['1280,768,21,139/20,139/0/default.jpg', 'decoded 0'],
      ['full/162,113/0/default.jpg', 'stored 3'],
      ['full/163,114/0/default.jpg', 'stored 3'],
      ['full/650,/0/default.jpg', 'decoded 1'],
      ['full/651,/0/default.jpg', 'decoded 1'],
      ['full/652,/0/default.jpg', 'decoded 0'],
      ['full/100,/0/default.jpg', 'decoded 3'],
    ];
    test('a stored tile is passed through, the rest comes from the nearest level', () =>
      withDerivative(bytes, async (answer) => {
        for (const [path, plan] of plans) assert.equal((await answer(path)).plan, plan, path);
      }));

    test('every answer has the size and the colours it should', () =>
      withDerivative(bytes, async (answer) => {
        const cases = [
          ['0,0,256,256/256,256/0/default.jpg', { left: 0, top: 0, width: 256, height: 256 }, 256, 256],
          ['512,512,512,395/256,198/0/default.jpg', { left: 512, top: 512, width: 512, height: 395 }, 256, 198],
          ['100,57,803,411/401,205/0/default.png', { left: 100, top: 57, width: 803, height: 411 }, 401, 205],
          ['full/325,227/0/default.jpg', { left: 0, top: 0, width: WIDTH, height: HEIGHT }, 325, 227],
          ['1200,800,500,500/^202,214/0/default.jpg', { left: 1200, top: 800, width: 101, height: 107 }, 202, 214],
        ] as const;
        for (const [path, region, width, height] of cases) {
          const decoded = await sharp((await answer(path)).bytes)
            .removeAlpha()
            .raw()
            .toBuffer({ resolveWithObject: true });
          assert.deepEqual([decoded.info.width, decoded.info.height], [width, height], path);
          const difference = meanDifference(decoded.data, await expected(region, width, height));
          assert.ok(difference < 4, `${path} differs by ${difference}`);
        }
      }));

    test('all tiles of a scale put together are the image, without seams', () =>
      withDerivative(bytes, async (answer) => {
        for (const factor of [1, 2, 4]) {
          const step = 256 * factor;
          const [width, height] = [Math.ceil(WIDTH / factor), Math.ceil(HEIGHT / factor)];
          const layers = [];
          for (let y = 0; y < HEIGHT; y += step) {
            for (let x = 0; x < WIDTH; x += step) {
              const [w, h] = [Math.min(step, WIDTH - x), Math.min(step, HEIGHT - y)];
              const tile = await answer(`${x},${y},${w},${h}/${Math.ceil(w / factor)},${Math.ceil(h / factor)}/0/default.jpg`);
              layers.push({ input: tile.bytes, left: x / factor, top: y / factor });
            }
          }
          const whole = await sharp({ create: { width, height, channels: 3, background: '#000' } })
            .composite(layers)
            .removeAlpha()
            .raw()
            .toBuffer();
          const difference = meanDifference(whole, await expected({ left: 0, top: 0, width: WIDTH, height: HEIGHT }, width, height));
          assert.ok(difference < 3, `factor ${factor} differs by ${difference}`);
        }
      }));

    test('mirrored first, then turned', () =>
      withDerivative(bytes, async (answer) => {
        const turned = await sharp((await answer('0,0,512,256/256,128/!90/default.png')).bytes)
          .raw()
          .toBuffer({ resolveWithObject: true });
        const plain = await expected({ left: 0, top: 0, width: 512, height: 256 }, 256, 128);
        assert.deepEqual([turned.info.width, turned.info.height], [128, 256]);
        // Mirrored left to right, then turned clockwise: the top left corner is what was at the bottom right.
        const corner = (data: Buffer, index: number) => [0, 1, 2].map((band) => data[index * 3 + band] ?? 0);
        const [is, was] = [corner(turned.data, 0), corner(plain, 127 * 256 + 255)];
        assert.ok(
          is.every((value, band) => Math.abs(value - (was[band] ?? 0)) < 12),
          `${is} is not ${was}`,
        );
      }));
  });
}

suite('a damaged derivative', async () => {
  const bytes = await derivative({ quality: 85, bigtiff: false });
  test('costs an error, never more, wherever it is damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        fc.nat({ max: bytes.length }),
        async (flips, end) => {
          const copy = Buffer.from(bytes);
          for (const [at, value] of flips) copy[at] = value;
          const cut = end % 3 === 0 ? copy.subarray(0, end) : copy;
          await readPyramid(async (from, to) => cut.subarray(Math.min(from, cut.length), Math.min(to, cut.length))).catch(
            (error: unknown) => {
              assert.ok(error instanceof Problem && error.code === 'derivative-damaged', String(error));
            },
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
