import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import Type from 'typebox';
import { Check, Errors } from 'typebox/value';
import { eventContracts } from '../src/event-contracts.ts';
import { closedLists, incompatibilities } from './schema-faults.ts';

const released: Record<string, { topic: string; data: object }> = JSON.parse(
  await readFile(new URL('../released/events.json', import.meta.url), 'utf8'),
);
const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema));

suite('R5: events change compatibly in both directions', () => {
  for (const contract of eventContracts) {
    const { type, topic, data } = contract;
    const before = released[type];
    if (!before) continue;

    test(`${type}: new readers and the last release read each other`, () => {
      assert.equal(topic, before.topic, 'another topic is another contract');
      assert.deepEqual(incompatibilities(before.data, plain(data)), []);
    });

    test(`${type}: the last release's schema reads what is written now`, async () => {
      const golden = JSON.parse(await readFile(new URL(`../golden/${type}.json`, import.meta.url), 'utf8'));
      assert.deepEqual([...Errors(before.data, golden.data)], []);
    });

    test(`${type}: no closed list, nothing that refuses what is added later`, () => assert.deepEqual(closedLists(plain(data)), []));
  }

  test('what the last release wrote is still spoken', () => {
    const spoken = new Set(eventContracts.map(({ type }) => type));
    assert.deepEqual(
      Object.keys(released).filter((type) => !spoken.has(type)),
      [],
    );
  });

  const before = Type.Object({
    id: Type.String(),
    size: Type.Optional(Type.Integer({ minimum: 1 })),
    list: Type.Array(Type.Object({ a: Type.String() })),
  });
  const changes: readonly (readonly [string, object, number])[] = [
    ['an optional property may come', Type.Object({ ...before.properties, later: Type.Optional(Type.String()) }), 0],
    ['a required property may not', Type.Object({ ...before.properties, later: Type.String() }), 1],
    ['a required property may not go', Type.Object({ size: before.properties.size, list: before.properties.list }), 1],
    ['a bound may not move', Type.Object({ ...before.properties, size: Type.Optional(Type.Integer({ minimum: 0 })) }), 1],
    ['a type may not change', Type.Object({ ...before.properties, id: Type.Integer() }), 1],
    ['nothing may change within a list', Type.Object({ ...before.properties, list: Type.Array(Type.Object({ a: Type.Integer() })) }), 1],
  ];
  for (const [title, after, faults] of changes) {
    test(`the check sees: ${title}`, () => assert.equal(incompatibilities(plain(before), plain(after)).length, faults));
  }

  test('the check sees a closed list', () => {
    assert.equal(closedLists(plain(Type.Object({ state: Type.Union([Type.Literal('a'), Type.Literal('b')]) }))).length, 1);
    assert.ok(Check(before, { id: 'x', list: [] }));
  });
});
