import assert from 'node:assert/strict';
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parseMasterPlaces, placesOf } from '@vitrine/converter/masters/master-places.ts';
import { picture } from '@vitrine/demo/pictures.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { parseCommand } from '../src/arguments.ts';
import { vitrineConfig } from '../src/config.ts';
import { folderSources, withFolderMasters } from '../src/folder-sources.ts';
import { runSourceCommand } from '../src/sources/run-source-command.ts';
import { failuresOf, type InProcess, inProcess } from './in-process.ts';

const old = new Date('2024-01-01T00:00:00Z');

async function withFolder(run: (running: InProcess, put: (name: string, body: string | Buffer) => Promise<string>) => Promise<void>) {
  const folder = await temporaryFolder();
  const scans = join(folder.path, 'Scans, 2024');
  const put = async (name: string, body: string | Buffer) => {
    const path = join(scans, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(`${path}.part`, body);
    await utimes(`${path}.part`, old, old);
    await rename(`${path}.part`, path);
    return pathToFileURL(path).href;
  };
  await put('vase.jpg', await picture({ width: 300, height: 200, seed: 1, format: 'jpeg' }).read());
  const [source = ''] = await folderSources([`scans=${scans}`]);
  try {
    await inProcess((running) => run(running, put), { VITRINE_SOURCES: source });
  } finally {
    await folder.remove();
  }
}

const objectsOf = async ({ json }: InProcess): Promise<Record<string, unknown>[]> => {
  const { objects } = await json('/api/v1/objects');
  return Array.isArray(objects) ? objects : [];
};
const labelsOf = async (running: InProcess) => (await objectsOf(running)).map(({ label }) => JSON.stringify(label)).toSorted();

suite('a folder of images', { concurrency: 2 }, () => {
  test('is on the web, follows what is put into it, and takes its words from a table', () =>
    withFolder(async (running, put) => {
      await until('it is there', async () => (await labelsOf(running)).join() === '{"none":["vase"]}');
      const [vase] = await objectsOf(running);
      const pixels = await running.get(String(vase?.['thumbnail']));
      assert.equal(pixels.status, 200);

      await put('deep/jug (1).png', await picture({ width: 100, height: 100, seed: 2, format: 'png' }).read());
      await put('deep/jug (2).png', await picture({ width: 100, height: 90, seed: 3, format: 'png' }).read());
      await put('words.csv', 'Inventory number;Title;Artist\njug;A jug from two sides;Nobody\n');
      await until('the jug is there', async () => (await labelsOf(running)).includes('{"none":["A jug from two sides"]}'));
      const jug = await running.json('/iiif/presentation/3/manifests/scans-jug');
      assert.equal(Array.isArray(jug['items']) && jug['items'].length, 2, 'a canvas for each side');
      assert.match(JSON.stringify(jug['metadata']), /Artist.*Nobody/);
      assert.deepEqual(await failuresOf(running), []);

      await put('words.csv', 'Inventory number;Title\njug;A jug from two sides\ncup;A cup\n');
      await until('the row without a file is told', async () =>
        (await failuresOf(running)).some(({ code }) => code === 'listed-record-invalid'),
      );
      await put('cup.png', await picture({ width: 80, height: 80, seed: 5, format: 'png' }).read());
      await until('and told no longer when it has one', async () => (await failuresOf(running)).length === 0);
    }));

  test('gives its files to nobody else: its place for masters is for its source alone', async () => {
    const folder = await temporaryFolder();
    const [source = ''] = await folderSources([folder.path]);
    const config = await withFolderMasters(readConfig(vitrineConfig, { VITRINE_SOURCES: `scans=${source}` }));
    const places = parseMasterPlaces(config.VITRINE_MASTER_PLACES);
    assert.deepEqual(
      places.folders.map(({ folder: path, sources }) => [path, sources]),
      [[folder.path, ['scans']]],
    );
    assert.deepEqual(placesOf(places, 'museum').folders, []);
    await folder.remove();
  });

  test('gives its images to the objects of a museum, and says on both sides what found nothing', async () => {
    const folder = await temporaryFolder();
    const jpeg = await picture({ width: 300, height: 200, seed: 1, format: 'jpeg' }).read();
    for (const name of ['vase_1.jpg', 'vase_2_verso.jpg', 'nobody.jpg']) await writeFile(join(folder.path, name), jpeg);
    const yaml = join(folder.path, 'sources.yaml');
    const address = pathToFileURL(folder.path).href;
    await writeFile(
      yaml,
      `sources:\n  scans:\n    kind: folder\n    every: 0.1\n    addresses: ["${address}"]\n    attach: { to: museum, objectKey: '$substringAfter(id, "/objects/")' }\n`,
    );
    await inProcess(
      async (running) => {
        const { museum, operator, json } = running;
        museum.publish({ id: 'vase', title: 'Vase', images: [] });
        museum.publish({ id: 'bowl', title: 'Bowl', images: [] });
        await until('the vase has two canvases', async () => {
          const { items } = await json('/iiif/presentation/3/manifests/museum-vase');
          return Array.isArray(items) && items.length === 2;
        });
        const unmatched = (of: string) => operator(`/api/v1/sources/scans/unmatched?of=${of}`);
        await until('the bowl is there', async () => JSON.stringify(await unmatched('objects')).includes('museum-bowl'));
        assert.deepEqual(
          [(await unmatched('images'))['images'], (await unmatched('objects'))['objects']],
          [
            [{ image: 'nobody.jpg', key: 'nobody', address: `${address}/nobody.jpg` }],
            [{ object: 'museum-bowl', address: `${running.publisher.base}/objects/bowl` }],
          ],
        );
        const lines: string[] = [];
        const say = { line: (_event: string, words: string) => void lines.push(words), progress: () => {}, detail: () => {} };
        const command = parseCommand(['source', 'unmatched', 'scans']);
        assert.ok(command.name === 'source');
        assert.equal(await runSourceCommand(command, async (method, path) => operator(path, undefined, method), say), true);
        assert.deepEqual(lines, [
          'image   nobody.jpg  (key nobody)',
          `object  museum-bowl  ${running.publisher.base}/objects/bowl`,
          '1 images belong to no object, 1 objects have no image.',
        ]);
        assert.match(String((await unmatched('nothing'))['type']), /request-invalid/);
        assert.match(String((await operator('/api/v1/sources/museum/unmatched'))['type']), /request-invalid/);
      },
      { VITRINE_SOURCES_YAML: yaml },
    );
    await folder.remove();
  });

  test('is not to be added over the network', () =>
    inProcess(async ({ operator }) => {
      const { type, detail } = await operator('/api/v1/sources', { kind: 'folder', addresses: ['file:///etc'] });
      assert.match(`${type} ${detail}`, /request-invalid.*settings/);
    }));
});

const commands: readonly (readonly [words: readonly string[], folders: readonly string[]])[] = [
  [['./scans'], ['./scans']],
  [
    ['start', 'scans', 'more=/other'],
    ['scans', 'more=/other'],
  ],
  [['C:\\scans'], ['C:\\scans']],
  [
    ['/scans', '/more'],
    ['/scans', '/more'],
  ],
];

suite('npm start -- FOLDER', () => {
  for (const [words, folders] of commands)
    test(words.join(' '), () => {
      assert.deepEqual(parseCommand(words), { name: 'start', sources: [], folders, json: false });
    });

  test('one that is not there is named', () => assert.rejects(folderSources(['./nowhere']), /nowhere: not there/));
});
