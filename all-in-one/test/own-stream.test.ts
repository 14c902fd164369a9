import assert from 'node:assert/strict';
import { test } from 'node:test';
import { picture } from '@vitrine/demo/pictures.ts';
import { checkStream, findingsOf } from '@vitrine/harvester/check-stream.ts';
import { fetchDocument } from '@vitrine/harvester/fetch-document.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

const master = (seed: number) => picture({ width: 300, height: 200, seed, format: 'jpeg' });
const entry = (id: string, title = `The ${id}`) => ({ id, title, images: [{ id, master: master(3) }] });

const activities = async ({ json }: InProcess): Promise<string[]> => {
  const { last } = await json('/iiif/activity/all-changes');
  if (!last) return [];
  const { orderedItems } = await json('/iiif/activity/page-1');
  return Array.isArray(orderedItems)
    ? orderedItems.map(({ type, object }) => `${type} ${object.id.slice(object.id.indexOf('/presentation/') + 14)}`)
    : [];
};

test('our own stream keeps Change Discovery 1.0, is harvested by another Vitrine, and a replay of everything adds nothing to it', () =>
  inProcess(async (first) => {
    const { museum, vitrine } = first;
    museum.publish(entry('vase'));
    museum.publish(entry('bowl'));
    await until('both are told', async () => (await activities(first)).length === 4);
    museum.withdraw('bowl');
    await until('the bowl is gone', async () => (await activities(first)).includes('Delete 3/manifests/museum-bowl'));
    museum.publish(entry('vase', 'The vase, renamed'));
    await until('the vase is told again', async () => (await activities(first)).includes('Update 2/manifests/museum-vase'));
    const told = await activities(first);
    assert.equal(told.length, 8);

    const stream = `${vitrine().publicUrl}/iiif/activity/all-changes`;
    const outbound = createOutboundHttp({ allowedOrigins: new Set([new URL(stream).origin]), timeout: 5000, atOnce: 2, userAgent: 'test' });
    const conformance = await checkStream(stream, {
      fetch: fetchDocument(outbound, 1_000_000),
      now: () => new Date(),
      most: 100,
      signal: new AbortController().signal,
      progress: () => {},
    });
    await outbound.close();
    assert.deepEqual([...findingsOf(conformance, 'must'), ...findingsOf(conformance, 'should')], []);
    assert.equal(conformance.level, 2);

    await inProcess(
      async (second) => {
        await until('the manifest is published again', async () => {
          const { objects } = await second.json('/api/v1/objects');
          // Each version of a manifest is a resource of its own (4.3).
          return Array.isArray(objects) && objects.length === 2;
        });
        const { objects } = await second.json('/api/v1/objects');
        assert.ok(Array.isArray(objects));
        for (const { manifest } of objects) {
          const { label, items } = await second.json(manifest);
          assert.deepEqual(label, { en: ['The vase, renamed'] });
          assert.match(
            JSON.stringify(items),
            new RegExp(`${new URL(stream).host}/iiif/image/[23]/museum-vase-vase~`),
            'pixels stay where they are',
          );
        }
      },
      { VITRINE_SOURCES: `first=${stream}`, VITRINE_ALLOWED_ORIGINS: new URL(stream).origin },
    );

    await first.operator('/api/v1/replay', { all: true, dropDerived: true });
    await until('it is there again', async () => (await first.get('/iiif/presentation/3/manifests/museum-vase')).status === 200);
    museum.publish(entry('cup'));
    await until('what came after is told', async () => (await activities(first)).includes('Create 3/manifests/museum-cup'));
    assert.deepEqual((await activities(first)).slice(0, told.length), told);
    assert.equal((await activities(first)).length, told.length + 2);
  }));
