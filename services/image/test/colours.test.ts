import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import sharp, { type Sharp } from 'sharp';
import { pyramidOf, serving } from './serving.ts';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

async function findBrowser(): Promise<string | undefined> {
  for (const name of BROWSERS) {
    const found = await promisify(execFile)(name, ['--version']).catch(() => undefined);
    if (found) return name;
  }
  return undefined;
}

const browser = await findBrowser();

const PATCH = 128;
/** Milliseconds for all pictures of a test. */
const PATIENCE = 60_000;
/** Left to right, top to bottom; as sRGB has them. */
const COLOURS = [
  [220, 40, 30],
  [30, 160, 60],
  [40, 60, 200],
  [250, 250, 250],
  [128, 128, 128],
  [230, 200, 40],
] as const;
type Colour = readonly [number, number, number];

/** Six patches, three a row. */
function patches(colours: readonly Colour[]): Sharp {
  const [width, height] = [3 * PATCH, 2 * PATCH];
  const data = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.set(colours[Math.floor(y / PATCH) * 3 + Math.floor(x / PATCH)] ?? [0, 0, 0], (y * width + x) * 3);
  return sharp(data, { raw: { width, height, channels: 3 } });
}

const luma = ([red, green, blue]: Colour): Colour => {
  const grey = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
  return [grey, grey, grey];
};
const bilevel = (colour: Colour): Colour => (luma(colour)[0] >= 128 ? [255, 255, 255] : [0, 0, 0]);

/** The patches in Display P3: other numbers, which are the same colours with their profile. */
async function inDisplayP3(quality: number): Promise<Buffer> {
  return patches(COLOURS)
    .withIccProfile('p3')
    .tiff({ tile: true, tileWidth: 256, tileHeight: 256, pyramid: true, compression: 'jpeg', quality })
    .toBuffer();
}

/** Draws pictures on a canvas, reads the middle of each patch, and says what it saw. */
const PAGE = `<!doctype html><script type="module">
const read = async (address) => {
  const image = new Image();
  image.crossOrigin = 'anonymous';
  image.src = address;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const side = image.naturalWidth / 3;
  const middle = (n) => context.getImageData((n % 3) * side + side / 2, Math.floor(n / 3) * side + side / 2, 1, 1).data.slice(0, 3);
  return [0, 1, 2, 3, 4, 5].map((n) => [...middle(n)]);
};
const all = [];
for (const address of await (await fetch('/addresses')).json()) all.push(await read(address).catch(() => []));
await fetch('/seen', { method: 'POST', body: JSON.stringify(all) });
</script>`;

async function seen(addresses: readonly string[]): Promise<Colour[][]> {
  const told = Promise.withResolvers<Colour[][]>();
  const server = createServer(async (request, response) => {
    if (request.url === '/addresses') return response.end(JSON.stringify(addresses));
    if (request.method === 'POST') told.resolve(JSON.parse(await text(request)));
    return response.setHeader('content-type', 'text/html; charset=utf-8').end(PAGE);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const folder = await temporaryFolder();
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--force-color-profile=srgb'];
  const window = spawn(browser ?? '', [...options, `--user-data-dir=${folder.path}`, `http://127.0.0.1:${port}/`], { stdio: 'ignore' });
  try {
    return await withDeadline('the browser', PATIENCE, () => told.promise);
  } finally {
    window.kill('SIGKILL');
    await once(window, 'exit');
    server.closeAllConnections();
    server.close();
    await rm(folder.path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Encoded anew, or put together of stored tiles. */
const whole = (format: string, quality = 'default') => `full/384,256/0/${quality}.${format}`;
const TOLERANCE = 14;

suite('colours in a real browser', { skip: browser === undefined && 'left out: no Chromium' }, () => {
  test('tiles of every kind show what was put into them, however they are asked for', async () => {
    const derivatives = {
      ycbcr: await pyramidOf(patches(COLOURS), { quality: 85 }),
      rgb: await pyramidOf(patches(COLOURS), { quality: 95 }),
      grey: await pyramidOf(patches(COLOURS.map(luma)).toColourspace('b-w')),
      bilevel: await pyramidOf(patches(COLOURS.map(bilevel)).toColourspace('b-w')),
      profile: await inDisplayP3(85),
      profilergb: await inDisplayP3(95),
    };
    const expectations: readonly (readonly [string, string, (colour: Colour) => Colour])[] = [
      ...(['ycbcr', 'rgb', 'profile', 'profilergb'] as const).flatMap((id) => [
        ...['jpg', 'png', 'webp', 'avif', 'gif'].map((format) => [id, whole(format), (colour: Colour) => colour] as const),
        [id, whole('jpg', 'gray'), luma] as const,
        [id, whole('png', 'bitonal'), bilevel] as const,
      ]),
      ...['jpg', 'png', 'webp'].map((format) => ['grey', whole(format), luma] as const),
      ...['jpg', 'png', 'gif'].map((format) => ['bilevel', whole(format), bilevel] as const),
    ];
    await serving(derivatives, async ({ base }) => {
      const shown = await seen(expectations.map(([id, path]) => `${base}/iiif/image/3/${id}/${path}`));
      for (const [n, [id, path, expected]] of expectations.entries())
        for (const [patch, colour] of COLOURS.entries()) {
          const [wanted, found] = [expected(colour), shown[n]?.[patch] ?? []];
          const off = Math.max(...wanted.map((value, channel) => Math.abs(value - (found[channel] ?? -999))));
          assert.ok(off <= TOLERANCE, `${id}/${path}: patch ${patch} is ${found} instead of ${wanted}`);
        }
    });
  });

  test('a stored tile shows the same: with its tables, its marker for RGB, its profile', async () => {
    const small = (picture: Sharp) => picture.extract({ left: 0, top: 0, width: 3 * PATCH, height: 2 * PATCH });
    const derivatives = {
      ycbcr: await pyramidOf(small(patches(COLOURS)), { quality: 85, tile: 384 }),
      rgb: await pyramidOf(small(patches(COLOURS)), { quality: 95, tile: 384 }),
      grey: await pyramidOf(small(patches(COLOURS.map(luma))).toColourspace('b-w'), { tile: 384 }),
    };
    await serving(derivatives, async ({ base }) => {
      const ids = Object.keys(derivatives);
      const shown = await seen(ids.map((id) => `${base}/iiif/image/3/${id}/full/max/0/default.jpg`));
      for (const [n, id] of ids.entries())
        for (const [patch, colour] of COLOURS.entries()) {
          const wanted = id === 'grey' ? luma(colour) : colour;
          const off = Math.max(...wanted.map((value, channel) => Math.abs(value - (shown[n]?.[patch]?.[channel] ?? -999))));
          assert.ok(off <= TOLERANCE, `${id}: patch ${patch} is ${shown[n]?.[patch]} instead of ${wanted}`);
        }
    });
  });
});
