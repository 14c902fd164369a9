import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { topics } from '@vitrine/contracts/topics.ts';
import { openFunction } from '@vitrine/converter/function/open-function.ts';
import { picture } from '@vitrine/demo/pictures.ts';
import { plainTiff } from '@vitrine/demo/plain-tiff.ts';
import { openS3Client } from '@vitrine/platform/blobs/s3-client.ts';
import { openSqliteBus } from '@vitrine/platform/bus/sqlite.ts';
import { containerEngineAnswers, WITHOUT_ENGINES } from '@vitrine/platform/engines/container-engine.ts';
import { HOST_FROM_CONTAINER, startS3 } from '@vitrine/platform/engines/start-engine.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { until } from '@vitrine/platform/until.ts';
import { inProcess } from './in-process.ts';

const there = await containerEngineAnswers(process.env);
const MASTERS = 'masters';

/** A door that a container can reach, to whatever listens on this machine alone. */
async function openDoor() {
  let target: { port: string; authorization: string } | undefined;
  const server = createServer((incoming, outgoing) => {
    if (!target) return void outgoing.writeHead(503).end();
    const { port } = target;
    const onward = request(
      { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502);
        answer.pipe(outgoing);
      },
    );
    onward.on('error', () => outgoing.writeHead(502).end());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    lead: (to: typeof target) => {
      target = to;
    },
    close: () => server.close(),
  };
}

async function put(client: S3Client, key: string, body: Buffer): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket: MASTERS, Key: key, Body: body }));
}

suite('masters that come into a bucket', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000, concurrency: 1 }, () => {
  test('the gateway’s own notification makes a derivative in another bucket, and an event', async () => {
    const door = await openDoor();
    const token = 'a-token-of-the-operators';
    const tokenFolder = await temporaryFolder();
    const file = `${tokenFolder.path}/token`;
    await writeFile(file, token);
    const engine = await startS3({
      settings: { VGW_EVENT_WEBHOOK_URL: `http://gateway:${token}@${HOST_FROM_CONTAINER}:${door.port}/api/v1/notifications/s3` },
    });
    const store = engine.url.replace('@vitrine?', `@${MASTERS}?`);
    const { client } = await openS3Client(store, 'test');
    try {
      await client.send(new CreateBucketCommand({ Bucket: MASTERS }));
      await inProcess(
        async ({ vitrine, get, operator, adapters }) => {
          door.lead({ port: new URL(vitrine().address).port, authorization: token });
          await put(client, 'vase/front.tif', plainTiff([{ width: 300, height: 200, shade: 140 }]));
          await put(client, 'vase/back side.tif', plainTiff([{ width: 300, height: 200, shade: 70 }]));
          await put(client, 'notes.txt', Buffer.from('no master'));
          await until('the image is served', async () => (await get('/iiif/image/3/vase-front/info.json')).status === 200);
          const { report, state, master } = await operator('/api/v1/images/vase-front/conversion');
          assert.deepEqual([state, master], ['converted', `s3://${MASTERS}/vase/front.tif`]);
          const derivative: unknown = Reflect.get(Object(report), 'derivative');
          const key = String(Reflect.get(Object(derivative), 'key'));
          assert.ok((await adapters().blobs.stat(key))?.bytes, key);

          await put(client, 'vase/front.tif', plainTiff([{ width: 100, height: 80, shade: 140 }]));
          await until('the new version is served', async () => {
            const info: unknown = await (await get('/iiif/image/3/vase-front/info.json')).json();
            return Reflect.get(Object(info), 'width') === 100;
          });
          await put(client, 'vase/broken.tif', Buffer.from('<html>sorry</html>'));
          await until('what is no master is rejected', async () => {
            const { state: ended } = await operator('/api/v1/images/vase-broken/conversion');
            return ended === 'rejected';
          });
        },
        {
          VITRINE_BLOBS: engine.url,
          VITRINE_OPERATOR_TOKEN_FILE: file,
          VITRINE_MASTER_PLACES: JSON.stringify([{ name: 'masters', bucket: MASTERS, store }]),
        },
      );
    } finally {
      client.destroy();
      door.close();
      await engine.stop();
      await tokenFolder.remove();
    }
  });

  test('Amazon’s event starts the function, which ends as a derivative, an event and an answer', async () => {
    const engine = await startS3();
    const store = engine.url.replace('@vitrine?', `@${MASTERS}?`);
    const { client } = await openS3Client(store, 'test');
    const folder = await temporaryFolder();
    const env = {
      VITRINE_BLOBS: engine.url,
      VITRINE_MASTER_PLACES: JSON.stringify([{ name: 'masters', bucket: MASTERS, store }]),
    };
    const opened = await openFunction({ env, stderr: process.stderr }, folder.path);
    const created = (key: string) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: MASTERS, arn: `arn:aws:s3:::${MASTERS}` }, object: { key, size: 1, eTag: 'd41d8cd98f00b204e9800998ecf8427e' } },
    });
    try {
      await client.send(new CreateBucketCommand({ Bucket: MASTERS }));
      const bytes = await picture({ width: 800, height: 500, seed: 9, format: 'jpeg' }).read();
      await put(client, 'cup/cup.jpg', bytes);
      await put(client, 'cup/odd name.jpg', bytes);
      await put(client, 'cup/broken.jpg', bytes.subarray(0, 900));
      const ended = await opened.handle({ Records: ['cup/cup.jpg', 'cup/odd+name.jpg', 'cup/broken.jpg'].map(created) });
      assert.deepEqual(
        ended.map(({ key, outcome, code, image }) => [key, outcome, code, image]),
        [
          ['cup/cup.jpg', 'converted', 'converted', 'cup-cup'],
          ['cup/odd name.jpg', 'ignored', 'no-image-of-ours', undefined],
          ['cup/broken.jpg', 'rejected', 'master-unreadable', 'cup-broken'],
        ],
      );
      assert.deepEqual(
        (await opened.handle({ Records: [created('cup/cup.jpg')] })).map(({ code }) => code),
        ['unchanged'],
        'sent twice',
      );
      await assert.rejects(opened.handle({ Records: [created('cup/gone.jpg'), { eventName: 1 }] }), /Records/);
    } finally {
      await opened.close();
    }
    try {
      const bus = await openSqliteBus({ file: join(folder.path, 'bus.sqlite'), topics });
      const events: string[] = [];
      await bus.subscribe({
        group: 'test',
        topics: ['vitrine.image.v1'],
        concurrency: 1,
        redeliverAfter: 100,
        deliver: async ({ key, headers }) => void events.push(`${headers['ce_type']} ${key}`),
      });
      await until('both events', () => events.length >= 2);
      await bus.close();
      assert.deepEqual(events, ['image.converted cup-cup', 'image.rejected cup-broken']);
    } finally {
      client.destroy();
      await engine.stop();
      await folder.remove();
    }
  });
});
