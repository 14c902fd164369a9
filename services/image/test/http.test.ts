import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { until } from '@vitrine/platform/until.ts';
import sharp from 'sharp';
import { pyramidOf, type Serving, serving, smoothPicture, VERSION } from './serving.ts';

const picture = await pyramidOf(smoothPicture(1301, 907));
const grey = await pyramidOf(smoothPicture(600, 400).grayscale());
const one = (run: (serving: Serving) => Promise<void>, settings?: Record<string, string>) => serving({ picture }, run, settings);
const json = (bytes: Buffer) => JSON.parse(String(bytes));
const IMAGE = '/iiif/image/3/picture';

suite('info.json', () => {
  test('3.0 says what the file holds and what the server does', () =>
    serving(
      { picture },
      async ({ base, get }) => {
        const { bytes, headers } = await get(`${IMAGE}/info.json`);
        assert.deepEqual(json(bytes), {
          '@context': 'http://iiif.io/api/image/3/context.json',
          id: `${base}${IMAGE}`,
          type: 'ImageService3',
          protocol: 'http://iiif.io/api/image',
          profile: 'level2',
          width: 1301,
          height: 907,
          maxWidth: 5000,
          maxArea: 36_000_000,
          sizes: [
            { width: 162, height: 113 },
            { width: 325, height: 226 },
            { width: 650, height: 453 },
            { width: 1301, height: 907 },
          ],
          tiles: [{ width: 256, height: 256, scaleFactors: [1, 2, 4, 8] }],
          rights: 'http://creativecommons.org/publicdomain/zero/1.0/',
          preferredFormats: ['jpg'],
          extraFormats: ['webp', 'avif', 'tif', 'gif', 'jp2', 'pdf'],
          extraQualities: ['bitonal'],
          extraFeatures: ['canonicalLinkHeader', 'mirroring', 'profileLinkHeader', 'rotationArbitrary', 'sizeUpscaling'],
          service: [
            {
              '@context': 'http://iiif.io/api/annex/services/physdim/1/context.json',
              profile: 'http://iiif.io/api/annex/services/physdim',
              physicalScale: 0.00846668,
              physicalUnits: 'cm',
            },
          ],
        });
        assert.equal(headers.get('content-type'), 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"');
      },
      { VITRINE_IMAGE_MAX_WIDTH: '5000' },
      { rights: 'http://creativecommons.org/publicdomain/zero/1.0/', pixelsPerCentimetre: 118.11 },
    ));

  test('2.1 says the same in its own words', () =>
    one(async ({ base, get }) => {
      const { bytes, headers } = await get('/iiif/image/2/picture/info.json');
      const info = json(bytes);
      assert.equal(info['@id'], `${base}/iiif/image/2/picture`);
      assert.equal(info.profile[0], 'http://iiif.io/api/image/2/level2.json');
      assert.deepEqual(info.profile[1].formats, ['jpg', 'png', 'webp', 'avif', 'tif', 'gif', 'jp2', 'pdf']);
      assert.ok(info.profile[1].supports.includes('sizeAboveFull'));
      assert.equal(headers.get('content-type'), 'application/json');
      assert.match(headers.get('link') ?? '', /context\.json>;rel="http:\/\/www\.w3\.org\/ns\/json-ld#context"/);
      const linked = await get('/iiif/image/2/picture/info.json', { accept: 'application/ld+json' });
      assert.equal(linked.headers.get('content-type'), 'application/ld+json');
    }));
});

suite('every request, in either version', () => {
  const formats = [
    ['jpg', 'image/jpeg', 'jpeg'],
    ['png', 'image/png', 'png'],
    ['webp', 'image/webp', 'webp'],
    ['avif', 'image/avif', 'heif'],
    ['tif', 'image/tiff', 'tiff'],
    ['gif', 'image/gif', 'gif'],
  ] as const;
  test('each format is what it says', () =>
    one(async ({ get }) => {
      for (const api of [2, 3])
        for (const [extension, type, format] of formats) {
          const { bytes, headers } = await get(`/iiif/image/${api}/picture/100,100,300,200/150,100/0/default.${extension}`);
          const metadata = await sharp(bytes).metadata();
          assert.deepEqual([headers.get('content-type'), metadata.format, metadata.width, metadata.height], [type, format, 150, 100]);
        }
      // Twice: the thread that encodes is kept.
      for (const side of [200, 100]) {
        const jp2 = await get(`${IMAGE}/0,0,300,${side}/max/0/default.jp2`);
        assert.deepEqual([jp2.headers.get('content-type'), jp2.bytes.toString('latin1', 4, 8)], ['image/jp2', 'jP  ']);
      }
      const pdf = await get(`${IMAGE}/0,0,300,200/max/0/default.pdf`);
      assert.deepEqual([pdf.headers.get('content-type'), pdf.bytes.toString('latin1', 0, 5)], ['application/pdf', '%PDF-']);
    }));

  const sizes = [
    ['full/max/0/default.jpg', 1301, 907],
    ['full/^1500,/0/default.jpg', 1500, 1046],
    ['full/!400,400/0/default.jpg', 400, 279],
    ['full/pct:10/0/default.png', 130, 91],
    ['square/100,/0/gray.jpg', 100, 100],
    ['1200,800,500,500/max/0/default.jpg', 101, 107],
    ['pct:10,10,20.5,30/max/90/default.png', 272, 267],
    ['0,0,400,200/max/45/default.png', 424, 424],
    ['0,0,400,200/max/!22.5/bitonal.webp', 446, 338],
    ['full/30,600/0/default.jpg', 30, 600],
  ] as const;
  test('has the size that it should', () =>
    one(async ({ get }) => {
      for (const [path, width, height] of sizes) {
        const { status, bytes } = await get(`${IMAGE}/${path}`);
        assert.equal(status, 200, path);
        const metadata = await sharp(bytes).metadata();
        assert.ok(
          Math.abs(metadata.width - width) <= 2 && Math.abs(metadata.height - height) <= 2,
          `${path}: ${metadata.width}x${metadata.height}`,
        );
      }
    }));

  test('2.1 takes full as a size and larger ones without ^, and its canonical form is its own', () =>
    one(async ({ base, get }) => {
      const whole = await get('/iiif/image/2/picture/full/full/0/default.jpg');
      assert.equal(whole.headers.get('link')?.split(';')[0], `<${base}/iiif/image/2/picture~${VERSION}/full/full/0/default.jpg>`);
      const larger = await get('/iiif/image/2/picture/0,0,100,100/200,/0/default.jpg');
      assert.equal((await sharp(larger.bytes).metadata()).width, 200);
      assert.match(larger.headers.get('link') ?? '', /0,0,100,100\/200,\/0\/default\.jpg>/);
      assert.equal((await get(`${IMAGE}/full/full/0/default.jpg`)).status, 400);
    }));

  test('a canvas that grows by a turn is transparent where it can be, else white', () =>
    one(async ({ get }) => {
      const corner = async (file: string) => {
        const { bytes } = await get(`${IMAGE}/0,0,400,200/max/30/${file}`);
        const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
        return [...data.subarray(0, info.channels)];
      };
      assert.equal((await corner('default.png'))[3], 0);
      assert.deepEqual(await corner('default.jpg'), [255, 255, 255]);
    }));

  test('a grey picture is grey in every quality but bitonal', () =>
    serving({ grey }, async ({ get }) => {
      for (const quality of ['default', 'color', 'gray', 'bitonal']) {
        const { status, bytes } = await get(`/iiif/image/3/grey/full/300,/0/${quality}.png`);
        assert.equal(status, 200);
        const { dominant } = await sharp(bytes).toColourspace('srgb').stats();
        assert.ok(Math.abs(dominant.r - dominant.g) < 3);
      }
    }));
});

suite('HTTP', () => {
  const tile = `${IMAGE}~${VERSION}/0,0,256,256/256,256/0/default.jpg`;

  test('what is answered at once is what the routes answer', () =>
    one(async ({ get }) => {
      const paths = [
        tile,
        `${IMAGE}/256,256,256,256/256,/0/color.jpg`,
        `${IMAGE}/1280,768,21,139/max/0/default.jpg`,
        `/iiif/image/2/picture/0,0,512,512/256,/0/default.jpg`,
        `${IMAGE}/info.json`,
        '/iiif/image/2/picture/info.json',
      ];
      for (const path of paths) {
        // A query is nothing that is answered at once.
        const [quick, routed] = [await get(path), await get(`${path}?x`)];
        assert.deepEqual([quick.status, routed.status], [200, 200], path);
        assert.ok(quick.bytes.equals(routed.bytes), path);
        const headers = (of: Headers) => Object.fromEntries([...of].filter(([name]) => name !== 'date'));
        assert.deepEqual(headers(quick.headers), headers(routed.headers), path);
        const etag = quick.headers.get('etag') ?? '';
        for (const again of [path, `${path}?x`]) assert.equal((await get(again, { 'if-none-match': etag })).status, 304, again);
      }
    }));

  test('unchanged by time, HEAD, preflight, the base address', () =>
    one(async ({ base, get }) => {
      const { headers, bytes } = await get(tile);
      const modified = headers.get('last-modified') ?? '';
      for (const path of [tile, `${tile}?x`]) {
        assert.equal((await get(path, { 'if-modified-since': modified })).status, 304);
        assert.equal((await get(path, { 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' })).status, 200);
      }
      const head = await get(tile, {}, 'HEAD');
      assert.deepEqual([head.status, head.headers.get('content-length'), head.bytes.length], [200, String(bytes.length), 0]);
      const preflight = await get(tile, { origin: 'https://viewer.example', 'access-control-request-headers': 'authorization' }, 'OPTIONS');
      assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
      for (const api of [2, 3]) {
        const redirect = await get(`/iiif/image/${api}/picture`);
        assert.deepEqual([redirect.status, redirect.headers.get('location')], [303, `${base}/iiif/image/${api}/picture/info.json`]);
      }
    }));

  test('a download is named, and nothing that is asked for breaks out of its header', () =>
    one(async ({ get }) => {
      const named = async (asked: string) =>
        (await get(`${tile}?response-content-disposition=${encodeURIComponent(asked)}`)).headers.get('content-disposition');
      assert.equal(await named('attachment; filename="a map.jpg"'), 'attachment; filename="a map.jpg"');
      assert.equal(
        await named("attachment; filename*=UTF-8''K%C3%A4se.jpg"),
        `attachment; filename="K_se.jpg"; filename*=UTF-8''K%C3%A4se.jpg`,
      );
      assert.equal(await named('attachment; filename="../../etc/passwd"'), 'attachment; filename="....etcpasswd"');
      assert.match(
        (await named(`attachment; filename="${'a'.repeat(149)}😀"`)) ?? '',
        /^attachment; filename="a{149}_"; filename\*=UTF-8''a{149}%EF%BF%BD$/,
      );
      assert.equal(await named('x\r\nset-cookie: a=b'), 'attachment; filename="picture.jpg"');
    }));

  const refused = [
    [`${IMAGE}/2000,0,10,10/max/0/default.jpg`, 400, /outside/],
    [`${IMAGE}/full/0,/0/default.jpg`, 400, /size/],
    [`${IMAGE}/full/1302,/0/default.jpg`, 400, /larger than the region/],
    [`${IMAGE}/full/^9000,9000/0/default.jpg`, 400, /maxArea 36000000/],
    [`${IMAGE}/0,0,1300,3/^25000,60/0/default.webp`, 400, /25000 pixels is more than the 16383 that webp has room for/],
    [`${IMAGE}/full/max/361/default.jpg`, 400, /rotation/],
    [`${IMAGE}/full/max/0/default.exe`, 400, /quality and format/],
    [`/iiif/image/3/nobody/info.json`, 404, /No such image/],
    [`/iiif/image/3/..%2F..%2Fetc%2Fpasswd/info.json`, 404, /No such image/],
    [`/iiif/image/3/pic%00ture/full/max/0/default.jpg`, 404, /No such image/],
    [`/iiif/image/3/a/b/full/max/0/default.jpg`, 404, /Nothing at this address/],
  ] as const;
  test('what can’t be answered is said to be so, in a problem', () =>
    one(async ({ get }) => {
      for (const [path, status, said] of refused) {
        const answer = await get(path);
        assert.equal(answer.status, status, path);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
        assert.match(String(answer.bytes), said, path);
      }
    }));

  test('what would take too much memory is refused by estimate', () =>
    one(
      async ({ get }) => {
        const { status, bytes } = await get(`${IMAGE}/full/^6000,5900/90/default.avif`);
        assert.equal(status, 413);
        assert.match(String(bytes), /at most 64 MB/);
      },
      { VITRINE_IMAGE_MEMORY_MB: '64' },
    ));

  test('ten thousand connections that say nothing, or half a request, keep nobody else waiting', () =>
    one(async ({ base, get }) => {
      const { port } = new URL(base);
      const others = fork(join(import.meta.dirname, 'half-open.ts'), [port, '10000'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
      try {
        const [{ standing }] = await once(others, 'message');
        assert.equal(standing, 10_000);
        for (const path of [tile, `${tile}?x`, `${IMAGE}/full/200,/0/default.png`]) assert.equal((await get(path)).status, 200);
      } finally {
        others.kill();
        await once(others, 'exit');
      }
    }));

  test('a withdrawn image is gone', () =>
    one(async ({ get, withdraw }) => {
      assert.equal((await get(tile)).status, 200);
      await withdraw('picture');
      await until('it is gone', async () => (await get(tile)).status === 410);
    }));
});

suite('a damaged derivative', () => {
  test('that was cut is said to be so, asked for again, and nothing else suffers', () =>
    serving({ picture, grey }, async ({ get, fileOf, asked }) => {
      await truncate(fileOf('picture'), 5000);
      const statuses = new Set<number>();
      for (const x of [0, 256, 512, 768]) statuses.add((await get(`${IMAGE}/${x},256,256,256/256,256/0/default.jpg`)).status);
      assert.ok(statuses.has(503) && !statuses.has(500), [...statuses].join());
      await until('it is asked for again', () => asked.includes('picture derivative-damaged'));
      assert.equal((await get('/iiif/image/3/grey/full/max/0/default.jpg')).status, 200);
    }));

  test('with other bytes in it never ends in a 500', () =>
    one(async ({ get, fileOf }) => {
      const bytes = await readFile(fileOf('picture'));
      for (let at = 3000; at < bytes.length; at += 97) bytes[at] = 0xff;
      await writeFile(fileOf('picture'), bytes);
      for (const path of ['full/max/0/default.jpg', '0,0,256,256/256,256/90/default.jpg', 'full/200,/0/default.png']) {
        const { status } = await get(`${IMAGE}/${path}`);
        assert.ok(status === 200 || status === 503, `${path} ${status}`);
      }
    }));
});
