import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { fromSimpleForm } from '@vitrine/mapping/own/simple-form.ts';
import { fieldOrigins } from '../src/domain/field-origins.ts';

const aat = (number: string, label = '') => ({ id: `http://vocab.getty.edu/aat/${number}`, type: 'Type', _label: label });
const vase: JsonNode = {
  '@context': 'https://linked.art/ns/v1/linked-art.json',
  id: 'https://m.example/vase',
  type: 'HumanMadeObject',
  identified_by: [
    { type: 'Name', content: 'Vase', classified_as: [aat('300404670')], language: [{ id: 'http://vocab.getty.edu/aat/300388277' }] },
    { type: 'Name', content: 'Vaas', classified_as: [aat('300404669')] },
  ],
  referred_to_by: [{ type: 'LinguisticObject', content: '<p>A vase.</p>', classified_as: [aat('300435416')] }],
  produced_by: { type: 'Production', timespan: { type: 'TimeSpan', _label: 'about 1888', begin_of_the_begin: '1888-01-01T00:00:00Z' } },
  subject_to: [{ type: 'Right', classified_as: [{ id: 'https://creativecommons.org/publicdomain/zero/1.0/' }] }],
};

/** A field of the vase, the places in it, and those that decide about it. */
const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['label', ['/identified_by/0/content'], ['/identified_by/0/classified_as/0/id', '/identified_by/0/language/0/id']],
  ['summary', ['/referred_to_by/0/content'], ['/referred_to_by/0/classified_as/0/id']],
  ['rights', ['/subject_to/0/classified_as/0/id'], []],
  ['date', ['/produced_by/timespan/_label', '/produced_by/timespan/begin_of_the_begin'], []],
  ['seeAlso/0', ['/id'], []],
];

suite('where a value comes from', () => {
  for (const [field, from, decidedBy] of cases)
    test(`of Linked Art: ${field}`, async () => {
      const { fields, complete } = await fieldOrigins(vase, { map: async (record) => mapLinkedArt(record), goesOn: async () => true });
      const origin = fields.find((one) => one.field === field);
      assert.deepEqual(origin?.from, from);
      for (const place of decidedBy) assert.ok(origin?.decidedBy.includes(place), `${place} in ${origin?.decidedBy.join(' ')}`);
      assert.equal(complete, true);
    });

  test('of a mapping that nobody here knows, also where two places make a value', async () => {
    const map = async ({ a, b, shown, unused }: JsonNode) =>
      fromSimpleForm({ label: shown === true ? `${String(a)} ${String(b)}` : unused });
    const { fields } = await fieldOrigins({ a: 'Big', b: 'vase', shown: true, unused: 'Nothing' }, { map, goesOn: async () => true });
    const label = fields.find(({ field }) => field === 'label');
    assert.deepEqual([label?.from, label?.decidedBy], [['/a', '/b'], ['/shown']]);
  });

  test('a mapping that throws on what is tried, or gives no object, says nothing', async () => {
    const map = async ({ kind, title }: JsonNode) => {
      if (kind !== 'thing') throw new Error('no');
      return fromSimpleForm({ label: title });
    };
    const { fields } = await fieldOrigins({ kind: 'thing', title: 'Vase' }, { map, goesOn: async () => true });
    assert.deepEqual(fields.find(({ field }) => field === 'label')?.from, ['/title']);
    assert.deepEqual((await fieldOrigins({}, { map: async () => undefined, goesOn: async () => true })).fields, []);
  });

  test('ends when it is told to, and says that it is not complete', async () => {
    let asked = 0;
    const { complete } = await fieldOrigins(vase, { map: async (record) => mapLinkedArt(record), goesOn: async () => ++asked < 3 });
    assert.deepEqual([complete, asked], [false, 3]);
  });
});
