import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { parseCommand } from '../src/arguments.ts';
import { exportImages } from '../src/export/export-images.ts';
import { readServer } from '../src/export/read-server.ts';
import { type ImageInfo, staticImage } from '../src/export/static-image.ts';
import type { Say } from '../src/show-progress.ts';
import { type InProcess, inProcess } from './in-process.ts';

const BASE = 'https://static.example.org/iiif';
const nobodyEnds = new AbortController().signal;
const entry = (id: string, seed = 3) => ({
  id,
  title: `The ${id}`,
  images: [{ id, master: picture({ width: 1300, height: 900, seed, format: 'jpeg' as const }) }],
});

function listening() {
  const told: string[] = [];
  const say: Say = { detail: () => {}, line: (event) => void told.push(event), progress: (words) => void told.push(words) };
  return { told, say };
}

async function withFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  try {
    await run(join(folder.path, 'static'));
  } finally {
    await folder.remove();
  }
}

const shown = ({ get }: InProcess, id: string) =>
  until(`${id} is shown`, async () => {
    const reply = await get(`/iiif/presentation/3/manifests/museum-${id}`);
    return reply.status === 200;
  });
const files = async (folder: string) =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name).slice(folder.length + 1));

/** Every tile that OpenSeadragon 6 asks a server of version 3 for (iiiftilesource.js, getTileUrl). */
function* askedByOpenSeadragon({ width, height, tiles: [tile] }: ImageInfo) {
  for (const factor of tile?.scaleFactors ?? []) {
    const [levelWidth, levelHeight] = [Math.ceil(width / factor), Math.ceil(height / factor)];
    const side = tile?.width ?? 0;
    for (let y = 0; y < Math.ceil(levelHeight / side); y++)
      for (let x = 0; x < Math.ceil(levelWidth / side); x++) {
        const [left, top] = [x * side * factor, y * side * factor];
        const [w, h] = [Math.min(side * factor, width - left), Math.min(side * factor, height - top)];
        const whole = left === 0 && top === 0 && w === width && h === height;
        const [sizeW, sizeH] = [Math.min(side, levelWidth - x * side), Math.min(side, levelHeight - y * side)];
        const size = sizeW === width && sizeH === height ? 'max' : `${sizeW},${sizeH}`;
        yield `${whole ? 'full' : `${left},${top},${w},${h}`}/${size}/0/default.jpg`;
      }
  }
}

suite('a static copy of the images', () => {
  test('has each file that a viewer asks for, the bytes that the server gives, and says what it is', () =>
    inProcess(async (running) => {
      running.museum.publish(entry('one'));
      await shown(running, 'one');
      await withFolder(async (folder) => {
        const { told, say } = listening();
        const options = {
          server: readServer(running.vitrine().publicUrl, nobodyEnds),
          folder,
          base: BASE,
          objects: [],
          say,
          maxWidth: 700,
        };
        const done = await exportImages({ ...options, api: 3 });
        assert.deepEqual([done.images, done.unchanged, done.gone, done.removed], [1, 0, 0, 0]);
        assert.ok(told.some((words) => words.startsWith('[########################] 1 of 1 images')));
        const place = join(folder, 'museum-one-one');
        const info = JSON.parse(await readFile(join(place, 'info.json'), 'utf8'));
        assert.deepEqual([info.id, info.profile, info.width, info.maxWidth], [`${BASE}/museum-one-one`, 'level0', 1300, 650]);
        assert.deepEqual(info.sizes.at(-1), { width: 650, height: 450 });
        for (const path of askedByOpenSeadragon(info)) {
          const reply = await running.get(`/iiif/image/3/museum-one-one/${path}`);
          assert.deepEqual(await readFile(join(place, path)), Buffer.from(await reply.arrayBuffer()), path);
        }
        for (const { width, height } of info.sizes) await readFile(join(place, `full/${width},${height}/0/default.jpg`));
        assert.deepEqual(await readFile(join(place, 'full/max/0/default.jpg')), await readFile(join(place, 'full/650,450/0/default.jpg')));
      });
    }));

  test('goes on where it was interrupted, follows new versions, and removes what is shown no more', () =>
    inProcess(async (running) => {
      for (const id of ['one', 'two']) running.museum.publish(entry(id));
      for (const id of ['one', 'two']) await shown(running, id);
      await withFolder(async (folder) => {
        const again = () =>
          exportImages({
            server: readServer(running.vitrine().publicUrl, nobodyEnds),
            folder,
            base: BASE,
            objects: [],
            say: listening().say,
            maxWidth: 1024,
            api: 3,
          });
        await mkdir(join(folder, 'museum-own'), { recursive: true });
        await mkdir(join(folder, '.museum-one-one.writing'));
        await mkdir(join(folder, 'museum-two-two'));
        await assert.rejects(again(), (thrown) => thrown instanceof Problem && (thrown.detail ?? '').includes('not made by an export'));
        await rm(join(folder, 'museum-two-two'), { recursive: true });
        await writeFile(join(folder, 'museum-own', 'index.html'), 'not of an export');
        assert.equal((await again()).images, 1);
        const first = await again();
        assert.deepEqual([first.images, first.unchanged, first.files], [0, 2, 0]);
        const before = await readFile(join(folder, 'museum-two-two/full/max/0/default.jpg'));
        running.museum.publish(entry('two', 9));
        running.museum.withdraw('one');
        await until('one is gone', async () => (await running.get('/iiif/presentation/3/manifests/museum-one')).status === 410);
        await until('two is another', async () => {
          const reply = await running.get('/iiif/image/3/museum-two-two/full/max/0/default.jpg');
          return !Buffer.from(await reply.arrayBuffer()).equals(before) && (await again()).images === 1;
        });
        assert.ok(!(await readFile(join(folder, 'museum-two-two/full/max/0/default.jpg'))).equals(before));
        assert.deepEqual((await readdir(folder)).toSorted(), ['museum-own', 'museum-two-two']);
      });
    }));

  test('of version 2 names sizes as that version does', () =>
    inProcess(async (running) => {
      running.museum.publish(entry('one'));
      await shown(running, 'one');
      await withFolder(async (folder) => {
        const server = readServer(running.vitrine().publicUrl, nobodyEnds);
        await exportImages({ server, folder, base: BASE, objects: ['museum-one'], say: listening().say, maxWidth: 1024, api: 2 });
        const info = JSON.parse(await readFile(join(folder, 'museum-one-one/info.json'), 'utf8'));
        assert.equal(info['@id'], `${BASE}/museum-one-one`);
        assert.equal(info.profile[0], 'http://iiif.io/api/image/2/level0.json');
        const all = await files(folder);
        for (const path of ['0,0,256,256/256,/0/default.jpg', 'full/650,/0/default.jpg', '1024,512,276,388/138,/0/default.jpg'])
          assert.ok(all.includes(`museum-one-one/${path}`), path);
        await assert.rejects(
          exportImages({ server, folder, base: BASE, objects: ['none'], say: listening().say, maxWidth: 1024, api: 2 }),
          (thrown) =>
            thrown instanceof Problem && thrown.code === 'export-failed' && (thrown.detail ?? '').includes('none is not published'),
        );
      });
    }));

  test('an image smaller than a tile, and one without a size small enough, still have a largest', () => {
    const tiles = [{ width: 256, height: 256, scaleFactors: [1, 2] }];
    const paths = (info: ImageInfo, maxWidth: number) => staticImage({ info, id: 'x', api: 3, maxWidth }).files.map(({ path }) => path);
    const small = { width: 100, height: 80, sizes: [{ width: 100, height: 80 }], tiles: [{ width: 256, height: 256, scaleFactors: [1] }] };
    assert.deepEqual(paths(small, 1024), ['full/max/0/default.jpg']);
    const large = {
      width: 500,
      height: 400,
      sizes: [
        { width: 250, height: 200 },
        { width: 500, height: 400 },
      ],
      tiles,
    };
    assert.ok(paths(large, 10).includes('full/250,200/0/default.jpg'));
  });

  test('a server that fails ends it with the address, and what answers otherwise is no Vitrine', async () => {
    const port = await freePort();
    let status = 200;
    const server = createServer((_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end('{}'));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    const failed = (from: string, signal: AbortSignal, sentence: string) =>
      withFolder((folder) =>
        assert.rejects(
          exportImages({ server: readServer(from, signal), folder, base: BASE, objects: [], say: listening().say, maxWidth: 10, api: 3 }),
          (thrown) => thrown instanceof Problem && thrown.code === 'export-failed' && (thrown.detail ?? '').includes(sentence),
        ),
      );
    await failed(`http://127.0.0.1:${port}`, nobodyEnds, 'not what a Vitrine answers');
    status = 403;
    await failed(`http://127.0.0.1:${port}`, nobodyEnds, 'not given to the public');
    await new Promise((resolve) => server.close(resolve));
    await failed(`http://127.0.0.1:${port}`, AbortSignal.timeout(300), `127.0.0.1:${port}/api/v1/objects`);
  });

  const refused = [
    ['export', 'images and manifests can'],
    ['export manifests --to x --base https://a.example', '--base is for images'],
    ['export manifests', '--to'],
    ['export images --base https://a.example', '--to'],
    ['export images --to x', '--base'],
    ['export images --to x --base ftp://a.example', '--base'],
    ['export images --to x --base https://a.example --api 4', '--api 4'],
    ['export images --to x --base https://a.example --max-width wide', '--max-width wide'],
    ['export images --to x --base https://a.example --from here', '--from here'],
  ] as const;
  for (const [words, sentence] of refused)
    test(`vitrine ${words}: refused, with what is wrong`, () =>
      assert.throws(
        () => parseCommand(words.split(' ')),
        (thrown) =>
          thrown instanceof Problem &&
          thrown.code === 'configuration-invalid' &&
          (thrown.detail ?? '').split('\n')[0]?.includes(sentence) === true,
      ));
});
