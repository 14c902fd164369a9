import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { picture } from '@vitrine/demo/pictures.ts';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '@vitrine/platform/engines/container-engine.ts';
import { startS3 } from '@vitrine/platform/engines/start-engine.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { bucketTarget } from '../src/export/bucket-target.ts';
import { exportManifests } from '../src/export/export-manifests.ts';
import { folderTarget } from '../src/export/folder-target.ts';
import { readServer } from '../src/export/read-server.ts';
import { inProcess } from './in-process.ts';

const entry = (id: string, title = `The ${id}`) => ({
  id,
  title,
  images: [{ id, master: picture({ width: 300, height: 200, seed: 3, format: 'jpeg' as const }) }],
});
const say = { line: () => {}, progress: () => {}, detail: () => {} };

test('manifests as files: each as the server gives it, kept up to date, and nobody’s files are touched', () =>
  inProcess(async ({ museum, get, vitrine, operator }) => {
    const folder = await temporaryFolder();
    const server = readServer(vitrine().publicUrl, new AbortController().signal);
    const run = () => exportManifests({ server, target: folderTarget(folder.path), say });
    const filesOf = async () =>
      (await readdir(folder.path, { recursive: true, withFileTypes: true }))
        .filter((one) => one.isFile())
        .map((one) => join(one.parentPath, one.name).slice(folder.path.length + 1))
        .toSorted();
    for (const id of ['bowl', 'vase']) museum.publish(entry(id));
    await until('both are there, and told', async () =>
      (await (await get('/iiif/activity/all-changes')).text()).includes('"totalItems":4'),
    );

    const items = [{ object: 'museum-vase' }, { object: 'museum-bowl' }];
    await operator('/api/v1/collections/chosen', { label: { en: ['Chosen'] }, publishedAs: 'manifest', items }, 'PUT');
    assert.deepEqual(await run(), { manifests: 3, collections: 3, pages: 1, written: 14, unchanged: 0, removed: 0 });
    for (const path of (await filesOf()).filter((file) => file.startsWith('iiif/')))
      assert.equal(await readFile(join(folder.path, path), 'utf8'), await (await get(`/${path}`)).text(), path);
    const before = await stat(join(folder.path, 'iiif/presentation/3/manifests/museum-vase'));
    assert.deepEqual(await run(), { manifests: 3, collections: 3, pages: 1, written: 0, unchanged: 14, removed: 0 });

    museum.withdraw('bowl');
    await until('the bowl is gone, and told', async () =>
      (await (await get('/iiif/activity/all-changes')).text()).includes('"totalItems":6'),
    );
    const { written, removed } = await run();
    assert.deepEqual([written, removed], [6, 2]);
    assert.ok(!(await filesOf()).some((path) => path.endsWith('museum-bowl')));
    assert.equal((await stat(join(folder.path, 'iiif/presentation/3/manifests/museum-vase'))).mtimeMs, before.mtimeMs);
    await folder.remove();

    const theirs = await temporaryFolder();
    await writeFile(join(theirs.path, 'letter.txt'), 'x');
    await assert.rejects(
      exportManifests({ server, target: folderTarget(theirs.path), say }),
      (error) => error instanceof Problem && error.code === 'export-failed',
    );
    assert.deepEqual(await readdir(theirs.path), ['letter.txt']);
    await theirs.remove();
  }));

const engines = await containerEngineAnswers(process.env);

test(
  'the same into a bucket, beside what others have there; one of somebody else’s is left alone',
  { skip: engines ? false : WITHOUT_ENGINES },
  () =>
    inProcess(async ({ museum, get, vitrine }) => {
      const engine = await startS3();
      const store = (prefix: string) => engine.url.replace('@vitrine?', `@site/${prefix}?`);
      const { client } = await openS3Client(store(''), 'test');
      try {
        await client.send(new CreateBucketCommand({ Bucket: 'site' }));
        await client.send(new PutObjectCommand({ Bucket: 'site', Key: 'theirs/letter.txt', Body: 'x' }));
        museum.publish(entry('vase'));
        await until('it is there, and told', async () =>
          (await (await get('/iiif/activity/all-changes')).text()).includes('"totalItems":2'),
        );
        const server = readServer(vitrine().publicUrl, new AbortController().signal);
        const run = async (prefix: string) => exportManifests({ server, target: await bucketTarget(store(prefix)), say });
        const { written, unchanged } = await run('out');
        assert.deepEqual([written, unchanged], [6, 0]);
        assert.deepEqual(await run('out'), { manifests: 1, collections: 1, pages: 1, written: 0, unchanged: 6, removed: 0 });
        const path = 'iiif/presentation/3/manifests/museum-vase';
        const copied = await client.send(new GetObjectCommand({ Bucket: 'site', Key: `out/${path}` }));
        assert.equal(await copied.Body?.transformToString(), await (await get(`/${path}`)).text());
        assert.equal(copied.ContentType, 'application/ld+json');
        museum.withdraw('vase');
        await until('it is gone, and told', async () =>
          (await (await get('/iiif/activity/all-changes')).text()).includes('"totalItems":4'),
        );
        assert.equal((await run('out')).removed, 2);
        await assert.rejects(run('theirs'), (error) => error instanceof Problem && error.code === 'export-failed');
        await assert.rejects(
          run('none').then(() => run('theirs')),
          (error) => error instanceof Problem && !/SECRET|@/.test(error.detail ?? ''),
        );
      } finally {
        client.destroy();
        await engine.stop();
      }
    }),
);
