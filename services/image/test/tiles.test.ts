import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import sharp from 'sharp';
import { pyramidOf, restartingPyramid, type Serving, serving, smoothPicture } from './serving.ts';

type Info = { width: number; height: number; tiles: { width: number; height: number; scaleFactors: number[] }[] };
type Tile = { readonly path: string; readonly left: number; readonly top: number; readonly width: number; readonly height: number };

/** All tiles of a scale as a viewer asks for them, and the box in which it draws each. */
type Viewer = (info: Info, factor: number) => Tile[];

/** As OpenSeadragon 6 (iiiftilesource.js, getTileUrl): the region is cut at the edge, its size is rounded up. */
const openSeadragon =
  (api: 2 | 3): Viewer =>
  ({ width, height, tiles: [tile] }, factor) => {
    const found: Tile[] = [];
    const [across, down] = [(tile?.width ?? 0) * factor, (tile?.height ?? 0) * factor];
    for (let y = 0; y < height; y += down)
      for (let x = 0; x < width; x += across) {
        const [w, h] = [Math.min(across, width - x), Math.min(down, height - y)];
        const region = x === 0 && y === 0 && w === width && h === height ? 'full' : `${x},${y},${w},${h}`;
        const box = { left: x / factor, top: y / factor, width: Math.ceil(w / factor), height: Math.ceil(h / factor) };
        const full = api === 2 ? box.width === width && 'full' : box.width === width && box.height === height && 'max';
        found.push({ path: `${region}/${full || `${box.width},${box.height}`}/0/default`, ...box });
      }
    return found;
  };

/** As Leaflet-IIIF (leaflet-iiif.js, getTileUrl): corners in pixels of the image, the width alone, rounded up. */
const leaflet: Viewer = ({ width, height, tiles: [tile] }, factor) => {
  const found: Tile[] = [];
  const side = (tile?.width ?? 0) * factor;
  for (let y = 0; y * side < height; y++)
    for (let x = 0; x * side < width; x++) {
      const [minx, miny, maxx, maxy] = [x * side, y * side, Math.min((x + 1) * side, width), Math.min((y + 1) * side, height)];
      found.push({
        path: `${minx},${miny},${maxx - minx},${maxy - miny}/${Math.ceil((maxx - minx) / factor)},/0/default`,
        left: minx / factor,
        top: miny / factor,
        width: Math.ceil((maxx - minx) / factor),
        height: Math.ceil((maxy - miny) / factor),
      });
    }
  return found;
};

const viewers: readonly (readonly [string, 2 | 3, Viewer])[] = [
  ['OpenSeadragon with 3.0', 3, openSeadragon(3)],
  ['OpenSeadragon with 2.1', 2, openSeadragon(2)],
  ['Leaflet-IIIF', 3, leaflet],
];

/** libjpeg-turbo decodes by its fast DCT here: of 255, so much from what a browser sees of the same tile. */
const TOLERANCE = 2;

/**
 * Mean difference, of 255. Where a level has no whole number of pixels the file leaves out the last part of one, which a client that rounds up has
 * the neighbour of or stretches its tile for: a pixel a tile, which is much of a small picture.
 */
const EXACT = 3;
const ROUNDED = 6;

const SIZES = [
  [1, 1],
  [255, 257],
  [256, 256],
  [257, 255],
  [60, 2000],
  [613, 367],
  [1031, 769],
] as const;

async function putTogether(
  { get }: Serving,
  id: string,
  [, api, viewer]: (typeof viewers)[number],
  info: Info,
  factor: number,
  format: string,
) {
  const [width, height] = [Math.ceil(info.width / factor), Math.ceil(info.height / factor)];
  const layers = await Promise.all(
    viewer(info, factor).map(async ({ path, left, top, width: across, height: down }) => {
      const { status, bytes } = await get(`/iiif/image/${api}/${id}/${path}.${format}`);
      assert.equal(status, 200, `${path} of ${id}`);
      const drawn = sharp(bytes).toColourspace('srgb').resize(across, down, { fit: 'fill' });
      return { input: await drawn.png({ compressionLevel: 1 }).toBuffer(), left, top };
    }),
  );
  // A pixel beyond, for clients that round up what the file rounds down.
  return sharp({ create: { width: width + 1, height: height + 1, channels: 3, background: '#000' } })
    .composite(layers)
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer()
    .then((all) => sharp(all).extract({ left: 0, top: 0, width, height }).raw().toBuffer());
}

/** Mean and largest difference of two pictures' bytes. */
function difference(a: Buffer, b: Buffer): { mean: number; most: number } {
  assert.equal(a.length, b.length);
  let [sum, most] = [0, 0];
  for (let at = 0; at < a.length; at++) {
    const differs = Math.abs((a[at] ?? 0) - (b[at] ?? 0));
    sum += differs;
    most = Math.max(most, differs);
  }
  return { mean: sum / a.length, most };
}

suite('all tiles of a scale, put together, are the picture', () => {
  for (const [width, height] of SIZES) {
    test(`${width} × ${height}`, async () => {
      const picture = smoothPicture(width, height);
      const pyramid = await pyramidOf(picture.clone(), { quality: 92 });
      await serving({ picture: pyramid }, async (running) => {
        const info: Info = JSON.parse(String((await running.get('/iiif/image/3/picture/info.json')).bytes));
        for (const factor of info.tiles[0]?.scaleFactors ?? []) {
          const size = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
          // A pixel of a level is `factor` pixels of the picture each way, whose last ones go on beyond the edge.
          const whole = await picture
            .clone()
            .extend({ right: size.width * factor - width, bottom: size.height * factor - height, extendWith: 'copy' })
            .raw()
            .toBuffer();
          const expected = await sharp(whole, { raw: { width: size.width * factor, height: size.height * factor, channels: 3 } })
            .resize({ ...size, fit: 'fill' })
            .removeAlpha()
            .raw()
            .toBuffer();
          const rounded = width % factor !== 0 || height % factor !== 0;
          for (const viewer of viewers) {
            const { mean } = difference(await putTogether(running, 'picture', viewer, info, factor, 'jpg'), expected);
            assert.ok(mean < (rounded ? ROUNDED : EXACT), `${viewer[0]} at ${factor} differs by ${mean.toFixed(2)}`);
          }
        }
      });
    });
  }
});

suite('stored and decoded tiles agree', () => {
  for (const [name, quality] of [
    ['YCbCr', 85],
    ['RGB', 93],
  ] as const) {
    test(`${name} tiles: JPEG as it is stored, PNG as it is decoded`, async () => {
      const pyramid = await pyramidOf(smoothPicture(613, 367), { quality });
      await serving({ picture: pyramid }, async (running) => {
        const info: Info = JSON.parse(String((await running.get('/iiif/image/3/picture/info.json')).bytes));
        const [viewer] = viewers;
        assert.ok(viewer);
        for (const factor of [1, 2]) {
          const [stored, decoded] = [
            await putTogether(running, 'picture', viewer, info, factor, 'jpg'),
            await putTogether(running, 'picture', viewer, info, factor, 'png'),
          ];
          const { mean } = difference(stored, decoded);
          assert.ok(mean < TOLERANCE, `factor ${factor} differs by ${mean.toFixed(2)}`);
        }
      });
    });
  }
});

/** ITU-T T.81, B.2.4.4: only what was put together has it. */
const RESTART_INTERVAL = Buffer.from([0xff, 0xdd, 0, 4]);

suite('tiles joined', () => {
  const [width, height] = [1024, 700];
  const table = [
    ['four tiles', '256,0,512,512/max', 512, 512],
    ['a row of two', '0,256,512,256/512,', 512, 256],
    ['to the lower edge', '0,512,512,188/max', 512, 188],
    ['the whole picture', 'full/max', width, height],
    ['a smaller level whole', 'full/512,350', 512, 350],
    ['four tiles of a smaller level', '0,0,1024,512/512,256', 512, 256],
  ] as const;
  for (const [name, request, w, h] of table) {
    test(`${name}: what they are decoded, and no byte of them is encoded anew`, async () => {
      const derivative = await restartingPyramid(smoothPicture(width, height));
      // The same tiles, and no table that says that they can be joined.
      await serving({ joined: derivative, decoded: derivative.pyramid }, async ({ get }) => {
        for (const turn of ['first', 'again']) {
          const [joined, decoded] = [
            await get(`/iiif/image/3/joined/${request}/0/default.jpg`),
            await get(`/iiif/image/3/decoded/${request}/0/default.png`),
          ];
          assert.deepEqual([joined.status, decoded.status], [200, 200], turn);
          assert.ok(joined.bytes.includes(RESTART_INTERVAL), 'it is made of what is stored');
          const [ours, theirs] = [
            await sharp(joined.bytes).raw().toBuffer({ resolveWithObject: true }),
            await sharp(decoded.bytes).raw().toBuffer({ resolveWithObject: true }),
          ];
          assert.deepEqual([ours.info.width, ours.info.height], [w, h]);
          assert.ok(difference(ours.data, theirs.data).mean < TOLERANCE);
        }
      });
    });
  }

  test('a picture whose last column ends amid a tile is decoded instead', async () => {
    await serving({ picture: await restartingPyramid(smoothPicture(700, 700)) }, async ({ get }) => {
      const { status, bytes } = await get('/iiif/image/3/picture/full/max/0/default.jpg');
      assert.equal(status, 200);
      assert.ok(!bytes.includes(RESTART_INTERVAL));
    });
  });
});
