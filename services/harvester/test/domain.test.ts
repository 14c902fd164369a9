import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { thrownCode } from '@vitrine/platform/thrown-code.ts';
import { parseActivity } from '../src/domain/activity.ts';
import { canonicalHash } from '../src/domain/canonical-hash.ts';
import { judgeActivity } from '../src/domain/judge-activity.ts';
import { configuredSources, foldedAddress } from '../src/domain/source-address.ts';
import { streamCollection, streamPage } from '../src/domain/stream-document.ts';

suite('R3: the harvester judges a source’s order', () => {
  const activity = (time: number | undefined, kind: 'include' | 'remove' = 'include') => ({
    kind,
    type: kind === 'include' ? 'Update' : 'Delete',
    object: 'https://x.example/1',
    time,
  });
  const table: readonly (readonly [string, Parameters<typeof judgeActivity>, string])[] = [
    ['what is not known is applied', [activity(5), undefined, 'r2'], 'apply'],
    ['a newer one is applied', [activity(6), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'apply'],
    ['an equal time is applied again', [activity(5), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'apply'],
    ['an older one is late', [activity(4), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'late'],
    ['an older Delete too', [activity(4, 'remove'), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'late'],
    ['an Update older than a Delete does not bring it back', [activity(4), { run: 'r1', time: 5, type: 'Delete' }, 'r2'], 'late'],
    ['in one run only the first counts', [activity(4), { run: 'r2', time: 5, type: 'Update' }, 'r2'], 'done-in-this-run'],
    ['an update that came while the walk was interrupted counts', [activity(9), { run: 'r2', time: 5, type: 'Update' }, 'r2'], 'apply'],
    ['without times the walk decides', [activity(undefined), { run: 'r1', type: 'Update' }, 'r2'], 'apply'],
  ];
  for (const [title, parameters, expected] of table) test(title, () => assert.equal(judgeActivity(...parameters), expected));
});

suite('activities', () => {
  const page = 'https://museum.example/stream/page/1';
  const valid: readonly (readonly [string, unknown, unknown])[] = [
    [
      'an update',
      { type: 'Update', object: { id: 'https://museum.example/1' }, endTime: '2026-01-01T00:00:00Z' },
      { kind: 'include', type: 'Update', object: 'https://museum.example/1', time: 1767225600000 },
    ],
    [
      'an object given as an address',
      { type: 'Create', object: 'https://museum.example/1' },
      { kind: 'include', type: 'Create', object: 'https://museum.example/1', time: undefined },
    ],
    [
      'a relative address',
      { type: 'Delete', object: { id: '/1' } },
      { kind: 'remove', type: 'Delete', object: 'https://museum.example/1', time: undefined },
    ],
    [
      'a time without a zone is UTC',
      { type: 'Delete', object: '/1', endTime: '2026-01-01T00:00:00' },
      { kind: 'remove', type: 'Delete', object: 'https://museum.example/1', time: 1767225600000 },
    ],
    [
      'a time that is none',
      { type: 'Delete', object: '/1', endTime: 'yesterday' },
      { kind: 'remove', type: 'Delete', object: 'https://museum.example/1', time: undefined },
    ],
    ['a type that asks nothing of us', { type: 'Refresh', startTime: '2026-01-01T00:00:00Z' }, undefined],
    ['a type named like a property of every object', { type: 'constructor', object: '/1' }, undefined],
  ];
  for (const [title, value, expected] of valid) test(title, () => assert.deepEqual(parseActivity(value, page), expected));
  for (const value of [
    null,
    'Update',
    [],
    {},
    { type: 7 },
    { type: 'Update' },
    { type: 'Update', object: {} },
    { type: 'Update', object: { id: '' } },
    { type: 'Update', object: { id: 'http://' } },
  ]) {
    test(`refuses ${JSON.stringify(value)}`, () =>
      assert.equal(
        thrownCode(() => parseActivity(value, page)),
        'stream-activity-invalid',
      ));
  }
});

suite('stream documents', () => {
  const at = 'https://museum.example/stream';
  test('a collection names its last page', () =>
    assert.deepEqual(streamCollection('{"type":"OrderedCollection","last":{"id":"/stream/2"}}', at), {
      last: 'https://museum.example/stream/2',
    }));
  test('an empty one has none', () => assert.equal(streamCollection('{"type":"OrderedCollection","totalItems":0}', at), undefined));
  for (const body of ['', '<html>', '[]', '{}', '{"type":"OrderedCollection"}', '{"type":"Manifest","last":"/x"}']) {
    test(`${JSON.stringify(body)} is no stream`, () =>
      assert.equal(
        thrownCode(() => streamCollection(body, at)),
        'stream-invalid',
      ));
  }
  test('one item that is no list is one item', () =>
    assert.equal(streamPage('{"type":"OrderedCollectionPage","orderedItems":{"type":"Update"}}', at).activities.length, 1));
});

suite('sources and records', () => {
  test('an address may have a name', () =>
    assert.deepEqual(configuredSources(['getty=https://data.getty.edu/activity'])[0], {
      id: 'getty',
      address: 'https://data.getty.edu/activity',
    }));
  test('without one the host gives it', () =>
    assert.equal(configuredSources(['https://data.getty.edu/activity'])[0]?.id, 'data-getty-edu'));
  for (const wrong of ['x=y', 'ftp://x.example/', 'nothing'])
    test(`${wrong} is none`, () =>
      assert.equal(
        thrownCode(() => configuredSources([wrong])),
        'configuration-invalid',
      ));
  test('two streams of one host want names', () =>
    assert.equal(
      thrownCode(() => configuredSources(['https://m.example/a', 'https://m.example/b'])),
      'configuration-invalid',
    ));
  test('scheme and last slash don’t tell addresses apart', () =>
    assert.equal(foldedAddress('http://x.example/1/'), foldedAddress('https://x.example/1')));
  test('an equal record is equal whatever the order of its keys', () =>
    assert.equal(canonicalHash({ a: 1, b: [{ c: 2, d: 3 }] }), canonicalHash(JSON.parse('{"b":[{"d":3,"c":2}],"a":1}'))));
  test('the order of a list counts', () => assert.notEqual(canonicalHash([1, 2]), canonicalHash([2, 1])));
});

const fixtures = sharedFixtures(process.env);
suite('the shared streams and records', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(join(fixtures, path), 'utf8'));

  for (const type of ['create', 'update', 'delete']) {
    test(`the published stream of ${type}`, async () => {
      const collection = streamCollection(
        await readFile(join(fixtures, `streams/by-type/collection-${type}.json`), 'utf8'),
        'http://localhost/',
      );
      assert.ok(collection);
      const page = streamPage(await readFile(join(fixtures, `streams/by-type/page-${type}.json`), 'utf8'), 'http://localhost/');
      const kinds = page.activities.map((activity) => parseActivity(activity, 'http://localhost/')?.type.toLowerCase());
      assert.ok(kinds.includes(type), kinds.join());
    });
  }

  test('a small publisher’s whole page', async () => {
    const page = streamPage(
      await readFile(join(fixtures, 'streams/linked-art-site/activity-stream-page-1.json'), 'utf8'),
      'https://x.example/',
    );
    const activities = page.activities.map((activity) => parseActivity(activity, 'https://x.example/'));
    assert.equal(activities.length, 66);
    assert.ok(activities.every((activity) => activity?.time !== undefined));
  });

  for (const file of await readdir(join(fixtures, 'streams'), { recursive: true })) {
    if (!/\.(json|ttl|jsonld)$/.test(file)) continue;
    test(`streams/${file} is a collection or a page, or is refused with a code`, async () => {
      const body = await readFile(join(fixtures, 'streams', file), 'utf8');
      const codes = [
        thrownCode(() => streamCollection(body, 'https://x.example/')),
        thrownCode(() => streamPage(body, 'https://x.example/')),
      ];
      for (const code of codes) assert.match(code, /^(no error|stream-invalid)$/);
      if (codes[1] !== 'no error') return;
      for (const activity of streamPage(body, 'https://x.example/').activities) {
        assert.match(
          thrownCode(() => parseActivity(activity, 'https://x.example/')),
          /^(no error|stream-activity-invalid)$/,
        );
      }
    });
  }

  for (const file of await readdir(join(fixtures, 'manifests'), { recursive: true })) {
    if (!file.endsWith('.json')) continue;
    test(`manifests/${file}, which is no Linked Art, is refused with a code`, async () => {
      const text = await readFile(join(fixtures, 'manifests', file), 'utf8');
      let record: unknown;
      try {
        record = JSON.parse(text);
      } catch {
        return; // Not JSON: the harvester says record-not-json before the mapping.
      }
      assert.equal(
        thrownCode(() => mapLinkedArt(record)),
        'record-invalid',
      );
    });
  }

  for (const folder of ['records/linked-art', 'streams/linked-art-site', 'records/json', 'records/csv']) {
    for (const file of await readdir(join(fixtures, folder))) {
      if (!file.endsWith('.json')) continue;
      test(`${folder}/${file} is an object, is none, or is refused with a code`, async () => {
        let record: unknown;
        try {
          record = await json(`${folder}/${file}`);
        } catch {
          return; // Not JSON: the harvester says record-not-json before the mapping.
        }
        const type: unknown = typeof record === 'object' && record !== null ? Reflect.get(record, 'type') : undefined;
        const linkedArt =
          folder !== 'records/json' &&
          folder !== 'records/csv' &&
          !['OrderedCollection', 'OrderedCollectionPage', 'Manifest'].includes(String(type));
        if (!linkedArt)
          return assert.equal(
            thrownCode(() => mapLinkedArt(record)),
            'record-invalid',
          );
        const mapped = mapLinkedArt(record);
        assert.equal(mapped !== undefined, ['HumanMadeObject', 'DigitalObject'].includes(String(type)));
        if (mapped) assert.ok(Object.keys(mapped.label).length > 0);
      });
    }
  }
});
