import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '@vitrine/platform/engines/container-engine.ts';
import { startS3 } from '@vitrine/platform/engines/start-engine.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { failuresOf, inProcess } from './in-process.ts';

const there = await containerEngineAnswers(process.env);
const BUCKET = 'scans';

suite('a bucket of images', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000, concurrency: 1 }, () => {
  test('is on the web; more than a page of keys is read; a notification has it looked at; a key of nobody is told', async () => {
    const folder = await temporaryFolder();
    const engine = await startS3();
    const store = engine.url.replace('@vitrine?', `@${BUCKET}?`);
    const { client } = await openS3Client(store, 'test');
    const put = (key: string, shade: number) =>
      client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: plainTiff([{ width: 60, height: 40, shade }]) }));
    try {
      await client.send(new CreateBucketCommand({ Bucket: BUCKET }));
      await put('in/vase 1.tif', 10);
      await put('in/deep/bowl.tif', 90);
      await put('in/camera.heic', 0);
      await put('in/.hidden.tif', 0);
      await put('elsewhere.tif', 200);
      // Nothing of these is an image, so only the listing has to get past them.
      for (let n = 0; n < 510; n += 30)
        await Promise.all(
          Array.from({ length: 30 }, (_, at) =>
            client.send(new PutObjectCommand({ Bucket: BUCKET, Key: `in/a/${n + at}.txt`, Body: 'x' })),
          ),
        );
      const yaml = join(folder.path, 'sources.yaml');
      await writeFile(yaml, `sources:\n  scans:\n    kind: bucket\n    addresses: ["s3://${BUCKET}/in/"]\n    credential: scans\n`);
      await inProcess(
        async (running) => {
          const { operator, json, vitrine } = running;
          const labels = async () => {
            const { objects } = await json('/api/v1/objects');
            return Array.isArray(objects) ? objects.map(({ label }) => JSON.stringify(label)).toSorted() : [];
          };
          await until('both are there', async () => (await labels()).join() === '{"none":["bowl"]},{"none":["vase 1"]}');
          const failures = await failuresOf(running);
          assert.deepEqual(
            failures.map(({ code, detail }) => [code, /camera\.heic/.test(detail ?? '')]),
            [['listed-record-invalid', true]],
          );
          await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'in/deep/bowl.tif' }));
          const { inbox } = await operator('/api/v1/sources/scans');
          const { address, token } = JSON.parse(JSON.stringify(inbox));
          const told = await fetch(`${vitrine().publicUrl}${address}`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`gateway:${token}`).toString('base64')}` },
            body: JSON.stringify({ Records: [{ eventName: 's3:ObjectRemoved:Delete' }] }),
          });
          assert.equal(told.status, 204);
          await until('one is gone', async () => (await labels()).join() === '{"none":["vase 1"]}');
        },
        {
          VITRINE_SOURCES_YAML: yaml,
          VITRINE_SOURCES: '',
          VITRINE_HARVEST_CREDENTIALS: JSON.stringify([{ name: 'scans', store }]),
          VITRINE_MASTER_PLACES: JSON.stringify([{ name: 'scans', bucket: BUCKET, store, sources: ['scans'] }]),
        },
      );
    } finally {
      await engine.stop();
      await folder.remove();
    }
  });
});
