import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { LINKED_ART_VERSION } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { until } from '@vitrine/platform/until.ts';
import { type InProcess, inProcess } from './in-process.ts';

type Origin = { field: string; property?: string; value: unknown; from: string[]; decidedBy: string[] };

const originsOf = async ({ operator }: InProcess, object: string) => {
  const said = await operator(`/api/v1/objects/${object}/provenance`);
  const fields = said['fields'];
  const origins: Origin[] = Array.isArray(fields) ? fields : [];
  return { said, origin: (field: string) => origins.find((one) => one.field === field) };
};

suite('where each value of an object comes from', () => {
  test('its record, when that was fetched, by which mapping, and the places in it', () =>
    inProcess(async (running) => {
      const time = '2024-05-06T07:08:09.000Z';
      running.museum.publish({ id: 'vase', title: 'The vase', images: [] }, time);
      await until('it is harvested', async () => (await originsOf(running, 'museum-vase')).said['object'] === 'museum-vase');
      const { said, origin } = await originsOf(running, 'museum-vase');
      const { source, address, time: of, fetched } = said['record'] as Record<string, string>;
      assert.deepEqual([source, address, of], ['museum', `${running.publisher.base}/objects/vase`, time]);
      assert.ok(Date.parse(String(fetched)) > Date.now() - 60_000);
      assert.deepEqual([said['mapping'], said['complete']], [{ format: 'linked-art', version: LINKED_ART_VERSION }, true]);
      const label = origin('label');
      assert.equal(label?.property, 'label');
      assert.ok(label.from.length > 0 && label.from.every((place) => place.startsWith('/')), JSON.stringify(label));
    }));

  test('by a museum’s own mapping; of what is withdrawn and of what never was nothing is said', () =>
    inProcess(async (running) => {
      running.museum.publish({ id: 'vase', title: 'The vase', images: [] });
      await until('it is harvested', async () => (await originsOf(running, 'museum-vase')).said['object'] === 'museum-vase');
      const { operator, publisher, museum } = running;
      const mapping = '{"label": {"en": _label}}';
      await operator('/api/v1/sources', { id: 'own', addresses: [publisher.stream], mapping });
      await until('it is mapped', async () => (await originsOf(running, 'own-vase')).said['object'] === 'own-vase');
      const { said, origin } = await originsOf(running, 'own-vase');
      assert.equal((said['mapping'] as Record<string, string>)['expression'], mapping);
      assert.deepEqual(origin('label')?.from, ['/_label']);
      museum.withdraw('vase');
      const code = async (object: string) =>
        String((await operator(`/api/v1/objects/${object}/provenance`))['type'])
          .split('/')
          .at(-1);
      await until('it is withdrawn', async () => (await code('museum-vase')) === 'object-withdrawn');
      assert.equal(await code('museum-none'), 'object-not-found');
    }));
});
