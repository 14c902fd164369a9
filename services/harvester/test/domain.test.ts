import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { mapLinkedArt } from '@vitrine/mapping/linked-art/map-linked-art.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { thrownCode } from '@vitrine/platform/thrown-code.ts';
import fc from 'fast-check';
import { canonicalHash } from '../src/domain/canonical-hash.ts';
import { judgeActivity } from '../src/domain/judge-activity.ts';
import { foldedAddress, namedAddresses } from '../src/domain/source-address.ts';
import { type Activity, parseActivity } from '../src/domain/stream/activity.ts';
import type { OddityCode } from '../src/domain/stream/oddities.ts';
import { type Crawl, type PageWork, pageWork, type Work } from '../src/domain/stream/page-work.ts';
import { streamCollection, streamPage } from '../src/domain/stream/stream-document.ts';

suite('R3: the harvester judges a source’s order', () => {
  const at = (time: number | undefined) => ({ time });
  const table: readonly (readonly [string, Parameters<typeof judgeActivity>, string])[] = [
    ['what is not known is applied', [at(5), undefined, 'r2'], 'apply'],
    ['a newer one is applied', [at(6), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'apply'],
    ['an equal time is applied again', [at(5), { run: 'r1', time: 5, type: 'Update' }, 'r2', 5], 'apply'],
    ['but not one that a former walk has passed', [at(5), { run: 'r1', time: 5, type: 'Update' }, 'r2', 6], 'done-before'],
    ['one that came late to a page that was passed is applied', [at(5), undefined, 'r2', 6], 'apply'],
    ['an older one is late', [at(4), { run: 'r1', time: 5, type: 'Update' }, 'r2'], 'late'],
    ['an Update older than a Delete does not bring it back', [at(4), { run: 'r1', time: 5, type: 'Delete' }, 'r2'], 'late'],
    ['in one run only the first counts', [at(4), { run: 'r2', time: 5, type: 'Update' }, 'r2'], 'done-in-this-run'],
    ['an update that came while the walk was interrupted counts', [at(9), { run: 'r2', time: 5, type: 'Update' }, 'r2'], 'apply'],
    ['without times the walk decides', [at(undefined), { run: 'r1', type: 'Update' }, 'r2', 6], 'apply'],
  ];
  for (const [title, parameters, expected] of table) test(title, () => assert.equal(judgeActivity(...parameters), expected));
});

const PAGE = 'https://museum.example/stream/page/1';
const NEW_YEAR = 1767225600000;

/** An activity as it is parsed, and the oddities that were noted. */
function parsed(value: unknown, classes: string[] = [], paths: string[] = []) {
  const noted = new Set<string>();
  const activity = parseActivity(value, {
    page: PAGE,
    streams: ['https://museum.example/stream'],
    classes,
    paths,
    now: NEW_YEAR,
    note: (code) => void noted.add(code),
  });
  return { activity, noted };
}

suite('activities', () => {
  const manifest = (id: string, more = {}) => ({ id, type: 'Manifest', ...more });
  const one = 'https://museum.example/1';
  const update = { kind: 'include', type: 'Update', time: NEW_YEAR, object: one };
  const table: readonly (readonly [string, unknown, unknown, (readonly OddityCode[])?])[] = [
    ['an Update', { type: 'Update', object: manifest(one), endTime: '2026-01-01T00:00:00Z' }, update],
    ['an object given as an address', { type: 'Update', object: one, endTime: '2026-01-01T00:00:00Z' }, update, ['object-not-object']],
    ['a relative address', { type: 'Update', object: manifest('/1'), endTime: '2026-01-01T00:00:00Z' }, update, ['link-relative']],
    ['an object in a list', { type: 'Update', object: [manifest(one)], endTime: '2026-01-01T00:00:00Z' }, update],
    [
      'a Link',
      { type: 'Update', object: { type: 'Link', href: one }, endTime: '2026-01-01T00:00:00Z' },
      update,
      ['object-not-object', 'object-type-other'],
    ],
    ['JSON-LD’s own names', { '@type': 'Update', object: { '@id': one }, endTime: '2026-01-01T00:00:00Z' }, update, ['object-not-object']],
    [
      'a time without a zone is UTC',
      { type: 'Update', object: manifest(one), endTime: '2026-01-01T00:00:00' },
      update,
      ['time-without-zone'],
    ],
    ['a space for the T', { type: 'Update', object: manifest(one), endTime: '2026-01-01 00:00:00.000' }, update, ['time-without-zone']],
    ['a zone without a colon', { type: 'Update', object: manifest(one), endTime: '2026-01-01T00:00:00+0000' }, update],
    [
      'a zone that is not UTC',
      { type: 'Update', object: manifest(one), endTime: '2025-12-31T19:00:00-05:00' },
      update,
      ['time-zone-other'],
    ],
    ['a date alone', { type: 'Update', object: manifest(one), endTime: '2026-01-01' }, update],
    ['a time in published', { type: 'Update', object: manifest(one), published: '2026-01-01T00:00:00Z' }, update, ['time-elsewhere']],
    ['a time in updated', { type: 'Update', object: manifest(one), updated: '2026-01-01T00:00:00Z' }, update, ['time-elsewhere']],
    ['a time in created', { type: 'Update', object: manifest(one), created: '2026-01-01T00:00:00Z' }, update, ['time-elsewhere']],
    [
      'a time that is none',
      { type: 'Update', object: manifest(one), endTime: 'yesterday' },
      { ...update, time: undefined },
      ['time-unreadable', 'time-missing'],
    ],
    [
      'a time far ahead orders nothing',
      { type: 'Update', object: manifest(one), endTime: '2099-01-01T00:00:00Z' },
      { ...update, time: undefined },
      ['time-future', 'time-missing'],
    ],
    ['no time', { type: 'Update', object: manifest(one) }, { ...update, time: undefined }, ['time-missing']],
    [
      'an unknown type is a look',
      { type: 'merge', object: manifest(one), endTime: '2026-01-01T00:00:00Z' },
      { ...update, type: 'merge' },
      ['type-unknown'],
    ],
    [
      'a type named like a property of every object',
      { type: 'constructor', object: manifest(one), endTime: '2026-01-01T00:00:00Z' },
      { ...update, type: 'constructor' },
      ['type-unknown'],
    ],
    ['a Delete', { type: 'Delete', object: manifest(one), endTime: '2026-01-01T00:00:00Z' }, { ...update, kind: 'remove', type: 'Delete' }],
    [
      'the Library of Congress’s words',
      {
        type: 'remove',
        object: { type: 'Thing', id: one, url: [{ type: 'Link', mediaType: 'application/json', href: `${one}.json` }] },
        published: '2026-01-01',
      },
      { ...update, kind: 'remove', type: 'remove', record: `${one}.json` },
      ['time-elsewhere', 'object-type-other', 'type-uncommon'],
    ],
    [
      'a Move',
      { type: 'Move', object: manifest(one), target: manifest('https://museum.example/2'), endTime: '2026-01-01T00:00:00Z' },
      { ...update, kind: 'move', type: 'Move', target: { object: 'https://museum.example/2' } },
      ['type-uncommon'],
    ],
    [
      'a Move to nowhere is a look',
      { type: 'Move', object: manifest(one), endTime: '2026-01-01T00:00:00Z' },
      { ...update, type: 'Move' },
      ['type-uncommon', 'move-without-target'],
    ],
    [
      'a Refresh has no object',
      { type: 'Refresh', startTime: '2026-01-01T00:00:00Z' },
      { kind: 'refresh', type: 'Refresh', time: NEW_YEAR },
      ['type-uncommon'],
    ],
    [
      'an Add to another stream says nothing here',
      { type: 'Add', object: manifest(one), target: { id: 'https://other.example/stream' }, endTime: '2026-01-01T00:00:00Z' },
      { kind: 'ignore' },
      ['type-uncommon'],
    ],
    [
      'an Add to this one, by its other scheme',
      { type: 'Add', object: manifest(one), target: { id: 'http://museum.example/stream/' }, endTime: '2026-01-01T00:00:00Z' },
      { ...update, type: 'Add' },
      ['type-uncommon'],
    ],
    [
      'a Remove that names no stream is of this one',
      { type: 'Remove', object: manifest(one), endTime: '2026-01-01T00:00:00Z' },
      { ...update, kind: 'remove', type: 'Remove' },
      ['type-uncommon'],
    ],
    [
      'canonical is what it is called, the address where it is read',
      { type: 'Update', object: manifest(`${one}/v3`, { canonical: one }), endTime: '2026-01-01T00:00:00Z' },
      { ...update, record: `${one}/v3` },
    ],
    [
      'seeAlso in Linked Art is what is read',
      {
        type: 'Update',
        object: manifest(one, {
          seeAlso: [
            { id: 'https://museum.example/1.xml', format: 'application/xml' },
            { id: 'https://museum.example/1.json', format: 'application/ld+json', profile: 'https://linked.art/ns/v1/linked-art.json' },
          ],
        }),
        endTime: '2026-01-01T00:00:00Z',
      },
      { ...update, record: 'https://museum.example/1.json' },
    ],
  ];
  for (const [title, value, expected, noted = []] of table)
    test(title, () => {
      const found = parsed(value);
      assert.deepEqual(found.activity, expected);
      found.noted.delete('object-type-missing');
      assert.deepEqual([...found.noted].toSorted(), [...noted].toSorted());
    });

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
    { type: 'Update', object: { id: 'urn:uuid:7' } },
    { type: 'Update', object: { id: 'file:///etc/passwd' } },
  ]) {
    test(`can’t use ${JSON.stringify(value)}`, () => {
      const { activity, noted } = parsed(value);
      assert.equal(activity, undefined);
      assert.ok(noted.has('activity-unusable'));
    });
  }

  test('only wanted classes and paths are work', () => {
    const activity = { type: 'Update', object: manifest(one), endTime: '2026-01-01T00:00:00Z' };
    assert.equal(parsed(activity, ['HumanMadeObject']).activity?.kind, 'ignore');
    assert.equal(parsed(activity, ['Manifest']).activity?.kind, 'include');
    assert.equal(parsed(activity, [], ['http://museum.example/2']).activity?.kind, 'ignore');
    assert.equal(parsed(activity, [], ['museum.example/1']).activity?.kind, 'include');
  });
});

suite('a page as work', () => {
  const include = (n: number, time?: number): Activity => ({ kind: 'include', type: 'Update', object: `o${n}`, time });
  const remove = (n: number, time?: number): Activity => ({ kind: 'remove', type: 'Delete', object: `o${n}`, time });
  const move = (n: number, to: number, time: number): Activity => ({
    kind: 'move',
    type: 'Move',
    object: `o${n}`,
    target: { object: `o${to}` },
    time,
  });
  const refresh = (time: number): Activity => ({ kind: 'refresh', type: 'Refresh', time });
  const later = { isFirst: false, onlyDelete: false };
  const first = { isFirst: true, onlyDelete: false };
  const told = (work: readonly Work[]) => work.map(({ kind, object, time }) => `${kind} ${object}${time === undefined ? '' : `@${time}`}`);
  const table: readonly (readonly [string, readonly Activity[], Crawl, readonly string[], Partial<PageWork>?])[] = [
    ['the newest first', [include(1, 1), include(2, 2)], later, ['include o2@2', 'include o1@1'], { newest: 2 }],
    [
      'whatever the order of the page',
      [include(2, 2), include(1, 1), include(3, 3)],
      later,
      ['include o3@3', 'include o2@2', 'include o1@1'],
    ],
    ['of equal times the later place', [include(1, 5), remove(1, 5)], later, ['remove o1@5']],
    ['each object once', [include(1, 1), remove(1, 2), include(1, 3)], later, ['include o1@3']],
    ['without times the place decides', [include(1), remove(1)], later, ['remove o1']],
    [
      'what is older than the watermark is work, and the last',
      [include(1, 1), include(2, 9)],
      { ...later, watermark: 5 },
      ['include o2@9', 'include o1@1'],
      { passed: true },
    ],
    ['equal to the watermark is not older', [include(1, 5)], { ...later, watermark: 5 }, ['include o1@5'], { passed: false }],
    ['a Refresh ends a first crawl', [include(1, 1), refresh(2), include(2, 3)], first, ['include o2@3'], { ended: true }],
    [
      'after a Refresh only deletions count',
      [remove(1, 1), include(3, 1), refresh(2), include(2, 3)],
      later,
      ['include o2@3', 'remove o1@1'],
      { onlyDelete: true },
    ],
    ['also on the pages before', [remove(1, 1), include(3, 1)], { ...later, onlyDelete: true }, ['remove o1@1'], { onlyDelete: true }],
    ['a Move names two', [include(1, 1), move(1, 2, 2)], later, ['move o1@2']],
    ['whose target has changed since', [move(1, 2, 2), include(2, 3)], later, ['include o2@3', 'remove o1@2']],
    ['other streams’ say nothing', [include(1, 1), { kind: 'ignore' }], later, ['include o1@1']],
  ];
  for (const [title, activities, crawl, expected, more = {}] of table)
    test(title, () => {
      const found = pageWork(activities, 'oldest-first', crawl);
      assert.deepEqual(told(found.work), expected);
      assert.deepEqual({ ...found, ...more }, found);
    });

  test('any order of a page with distinct times is the same work', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(fc.nat(9), fc.nat(1000), fc.boolean()), { selector: ([, time]) => time, maxLength: 30 }),
        fc.infiniteStream(fc.nat()),
        (list, shuffle) => {
          const activities = list.map(([n, time, isRemoval]) => (isRemoval ? remove(n, time) : include(n, time)));
          const weights = [...shuffle.take(activities.length)];
          const shuffled = activities.map((activity, n) => ({ activity, weight: weights[n] ?? 0 })).toSorted((a, b) => a.weight - b.weight);
          const expected = pageWork(activities, 'oldest-first', later).work;
          for (const order of ['oldest-first', 'newest-first'] as const)
            assert.deepEqual(
              pageWork(
                shuffled.map(({ activity }) => activity),
                order,
                later,
              ).work,
              expected,
            );
        },
      ),
    ));
});

suite('stream documents', () => {
  const at = 'https://museum.example/stream';
  const silent = () => {};
  for (const body of ['', '<html>', '[]', '{}', '{"type":"Manifest"}', '"x"', '7'])
    test(`${JSON.stringify(body)} is no stream`, () => {
      for (const parse of [streamCollection, streamPage])
        assert.equal(
          thrownCode(() => parse(body, at, silent)),
          'stream-invalid',
        );
    });
  test('an empty stream names no page', () => {
    const { first, last, items } = streamCollection('{"type":"OrderedCollection","totalItems":0}', at, silent);
    assert.deepEqual([first, last, items], [undefined, undefined, []]);
  });
  test('one item that is no list is one item', () =>
    assert.equal(streamPage('{"type":"OrderedCollectionPage","orderedItems":{"type":"Update"}}', at, silent).items.length, 1));
  test('a byte order mark is passed over', () =>
    assert.equal(
      streamCollection('\uFEFF{"type":"OrderedCollection","last":"/stream/2"}', at, silent).last,
      'https://museum.example/stream/2',
    ));
});

suite('sources and records', () => {
  test('an address may have a name', () =>
    assert.deepEqual(namedAddresses(['getty=https://data.getty.edu/activity'])[0], {
      id: 'getty',
      address: 'https://data.getty.edu/activity',
    }));
  test('without one the host gives it', () => assert.equal(namedAddresses(['https://data.getty.edu/activity'])[0]?.id, 'data-getty-edu'));
  for (const wrong of ['x=y', 'ftp://x.example/', 'nothing'])
    test(`${wrong} is none`, () =>
      assert.equal(
        thrownCode(() => namedAddresses([wrong])),
        'configuration-invalid',
      ));
  test('two streams of one host want names', () =>
    assert.equal(
      thrownCode(() => namedAddresses(['https://m.example/a', 'https://m.example/b'])),
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

  const silent = () => {};
  const activitiesOf = (body: string) => streamPage(body, PAGE, silent).items.map((item) => parsed(item).activity);

  for (const [type, kind] of Object.entries({ create: 'include', update: 'include', delete: 'remove', move: 'move', refresh: 'refresh' }))
    test(`the published stream of ${type}`, async () => {
      const collection = await readFile(join(fixtures, `streams/by-type/collection-${type}.json`), 'utf8');
      assert.notEqual(streamCollection(collection, PAGE, silent).last, undefined);
      const kinds = activitiesOf(await readFile(join(fixtures, `streams/by-type/page-${type}.json`), 'utf8')).map(
        (activity) => activity?.kind,
      );
      assert.ok(
        kinds.some((found) => found === kind),
        kinds.join(),
      );
    });

  test('a small publisher’s whole page', async () => {
    const activities = activitiesOf(await readFile(join(fixtures, 'streams/linked-art-site/activity-stream-page-1.json'), 'utf8'));
    assert.equal(activities.length, 66);
    assert.ok(activities.every((activity) => activity && activity.kind !== 'ignore' && activity.kind !== 'refresh'));
  });

  for (const file of await readdir(join(fixtures, 'streams'), { recursive: true })) {
    if (!/\.(json|ttl|jsonld)$/.test(file)) continue;
    test(`streams/${file} is a collection or a page, or is refused with a code`, async () => {
      const body = await readFile(join(fixtures, 'streams', file), 'utf8');
      for (const parse of [streamCollection, streamPage])
        assert.match(
          thrownCode(() => parse(body, PAGE, silent)),
          /^(no error|stream-invalid)$/,
        );
      if (thrownCode(() => streamPage(body, PAGE, silent)) === 'no error') activitiesOf(body);
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
