import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import { Check, Errors } from 'typebox/value';
import { eventContracts } from '../src/event-contracts.ts';
import { topics } from '../src/topics.ts';

const folder = new URL('../golden/', import.meta.url);

suite('R5: one topic per entity, full state, every event with its golden example', () => {
  for (const contract of eventContracts) {
    test(`${contract.type} reads its golden example`, async () => {
      const golden = JSON.parse(await readFile(new URL(`${contract.type}.json`, folder), 'utf8'));
      assert.deepEqual([...Errors(contract.data, golden.data)], []);
      assert.equal(golden.type, contract.type);
      assert.equal(golden.subject, golden.data[contract.key], 'the subject is the key');
    });

    test(`${contract.type} is on a topic of the registry, whose name says its entity`, () => {
      assert.ok(Object.hasOwn(topics, contract.topic));
      const entity = contract.topic.split('.')[1]?.replace('-bulk', '');
      assert.equal(contract.type.split('.')[0], entity);
      assert.doesNotMatch(contract.type, /v\d/, 'the major is in the topic');
    });
  }

  test('an entity that can come can also go, by an event with data', () => {
    const types = new Set(eventContracts.map(({ type }) => type));
    for (const entity of ['object', 'image', 'manifest', 'text']) assert.ok(types.has(`${entity}.withdrawn`), entity);
  });

  test('there is no golden example without a contract', async () => {
    const files = await readdir(folder);
    assert.deepEqual(files.sort(), eventContracts.map(({ type }) => `${type}.json`).sort());
  });

  test('an entity’s topic is compacted, and its events carry a revision', () => {
    for (const { type, topic, data } of eventContracts) {
      if (topics[topic].cleanup !== 'compact' || type === 'access.policy-published') continue;
      assert.ok(Object.hasOwn(Reflect.get(data, 'properties'), 'revision'), type);
    }
  });

  test('an unknown field of a newer publisher is read over', async () => {
    const [contract] = eventContracts;
    assert.ok(contract);
    const golden = JSON.parse(await readFile(new URL(`${contract.type}.json`, folder), 'utf8'));
    assert.ok(Check(contract.data, { ...golden.data, addedLater: true }));
  });
});
