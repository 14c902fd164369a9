import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { buildCollection } from '../src/domain/build-collection.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { PUBLIC_URL } from './museum-object-of.ts';

suite('collections', () => {
  const published = Array.from({ length: 2500 }, (_, n) => ({
    id: `o-${String(n).padStart(4, '0')}`,
    label: { none: [`Object ${n}`] },
    thumbnail: undefined,
  }));
  test('a short list is in root itself', () => assert.equal(buildCollection(PUBLIC_URL, 'root', published.slice(0, 3))?.items.length, 3));
  test('a long one is in parts below it', () => {
    assert.deepEqual(
      buildCollection(PUBLIC_URL, 'root', published)?.items.map(({ id }) => id.slice(id.lastIndexOf('/') + 1)),
      ['root-1', 'root-2', 'root-3'],
    );
    assert.equal(buildCollection(PUBLIC_URL, 'root-3', published)?.items.length, 500);
  });
  test('each is valid', () => {
    for (const name of ['root', 'root-1', 'root-3']) assert.deepEqual(presentationFaults(buildCollection(PUBLIC_URL, name, published)), []);
  });
  for (const name of ['root-4', 'root-0', 'root-x', 'other'])
    test(`${name} is none`, () => assert.equal(buildCollection(PUBLIC_URL, name, published), undefined));
});
