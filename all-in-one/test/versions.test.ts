import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { movedManifests } from '@vitrine/manifest/moved-manifests.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const master = picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const });
const entry = (title: string) => ({ id: 'vase', title, images: [{ id: 'vase', master }] });
const VERSIONS = '/api/v1/objects/museum-vase/versions';
const MANIFEST = '/iiif/presentation/3/manifests/museum-vase';

async function publish({ museum, get }: InProcess, title: string): Promise<string> {
  museum.publish(entry(title));
  let text = '';
  await until(`it is called ${title}`, async () => {
    const reply = await get(MANIFEST);
    text = await reply.text();
    return reply.status === 200 && text.includes(`"${title}"`);
  });
  return text;
}

type Version = { revision: number; state: string; from: string; until?: string; manifest?: string };
const versionsOf = async ({ json }: InProcess): Promise<Version[]> => {
  const { versions } = await json(VERSIONS);
  return Array.isArray(versions) ? versions : [];
};

suite('earlier versions of a manifest', () => {
  test('each is there as it was, by number and by time, also when what is derived was dropped', () =>
    inProcess(async (running) => {
      const texts = [await publish(running, 'First'), await publish(running, 'Second'), await publish(running, 'First')];
      const versions = await versionsOf(running);
      assert.deepEqual(
        versions.map(({ revision, state }) => [revision, state]),
        [
          [3, 'published'],
          [2, 'published'],
          [1, 'published'],
        ],
      );
      assert.equal(versions[0]?.until, undefined);
      assert.equal(versions[1]?.until, versions[0]?.from);
      const bytes = async () => Promise.all(versions.toReversed().map(async ({ manifest = '' }) => (await running.get(manifest)).text()));
      assert.deepEqual(await bytes(), texts);
      const second = versions[1];
      const found = await running.get(`${VERSIONS}?at=${second?.from}`);
      assert.deepEqual([found.status, found.headers.get('location')], [303, second?.manifest]);
      const memento = await running.get(second?.manifest ?? '');
      assert.equal(memento.headers.get('memento-datetime'), new Date(second?.from ?? '').toUTCString());
      assert.match(memento.headers.get('link') ?? '', /rel="original"/);
      assert.equal((await running.get(second?.manifest ?? '', { 'if-none-match': memento.headers.get('etag') ?? '' })).status, 304);

      await running.operator('/api/v1/replay', { all: true, dropDerived: true });
      await until('it is back', async () => (await running.get(MANIFEST)).status === 200);
      assert.deepEqual(await bytes(), texts);
      assert.equal((await versionsOf(running)).length, 3, 'a rebuild is no version');
    }));

  test('a time without one, and what is none, are refused; of what is withdrawn nothing earlier is shown', () =>
    inProcess(async (running) => {
      await publish(running, 'First');
      const code = async (path: string) =>
        String((await running.json(path))['type'])
          .split('/')
          .at(-1);
      assert.equal(await code(`${VERSIONS}?at=2001-01-01T00:00:00Z`), 'version-not-found');
      assert.equal(await code(`${VERSIONS}?at=yesterday`), 'request-invalid');
      for (const none of ['0', '2', '01', 'x', '-1']) assert.equal(await code(`${VERSIONS}/${none}`), 'version-not-found', none);
      assert.equal(await code('/api/v1/objects/none/versions'), 'object-not-found');
      running.museum.withdraw('vase');
      await until('it is withdrawn', async () => (await running.get(MANIFEST)).status === 410);
      assert.deepEqual([await code(VERSIONS), await code(`${VERSIONS}/1`)], ['object-withdrawn', 'object-withdrawn']);
      await publish(running, 'Second');
      assert.deepEqual(
        (await versionsOf(running)).map(({ state }) => state),
        ['published', 'withdrawn', 'published'],
      );
    }));
});

async function withFile(text: string, run: (file: string) => Promise<void>): Promise<void> {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'moved.csv');
  await writeFile(file, text);
  await run(file).finally(() => folder.remove());
}

suite('addresses that manifests had at an earlier server', () => {
  const csv =
    '\uFEFFaddress;object;version\nhttps://old.example/iiif/vase/manifest.json;museum-vase;2\n/manifest.php?id=a%2F7;museum-vase\n/presentation/vase/;museum-vase;3\n';
  const moved: readonly (readonly [string, string | undefined])[] = [
    ['/iiif/vase/manifest.json', '/iiif/presentation/2/manifests/museum-vase'],
    ['/manifest.php?id=a/7', '/iiif/presentation/manifests/museum-vase'],
    ['/manifest.php?id=a%252F7', '/iiif/presentation/manifests/museum-vase'],
    ['/presentation/vase', '/iiif/presentation/3/manifests/museum-vase'],
    ['/manifest.php?id=b', undefined],
    ['/', undefined],
  ];
  test('answer 301 to ours', () =>
    withFile(csv, (file) =>
      inProcess(
        async (running) => {
          await publish(running, 'First');
          for (const [old, ours] of moved) {
            const { status, headers } = await running.get(old);
            if (ours === undefined) assert.notEqual(status, 301, old);
            else {
              assert.deepEqual([status, headers.get('location')], [301, `${running.vitrine().publicUrl}${ours}`], old);
              assert.equal((await running.get(ours)).status, 200);
            }
          }
        },
        { VITRINE_MANIFEST_MOVED: file },
      ),
    ));

  for (const [name, text, sentence] of [
    ['no object', '/a/b\n', 'line 1: nothing is no identifier'],
    ['an address of our own', '/iiif/presentation/3/manifests/x,y\n', 'is an address of this server'],
    ['another version', '/a,y,4\n', '4 is no version'],
    ['two objects for one address', '/a,x\nhttps://other.example/a,y\n', 'line 2: https://other.example/a is x by a line before'],
  ] as const)
    test(`${name}: the start is refused, and the line is named`, () =>
      withFile(text, (file) =>
        assert.rejects(
          movedManifests(file),
          (thrown) => thrown instanceof Problem && thrown.code === 'configuration-invalid' && (thrown.detail ?? '').includes(sentence),
        ),
      ));
});
