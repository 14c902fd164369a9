import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import type { OddityCode } from '../src/domain/stream/oddities.ts';
import { type Answer, linkedArt, withSite } from './site.ts';

const DISCOVERY = 'http://iiif.io/api/discovery/1/context.json';
const AS2 = 'https://www.w3.org/ns/activitystreams';

/** `{base}` stands for the address of the site. */
const at = (path: string) => `{base}${path}`;
const hour = (n: number) => new Date(Date.UTC(2024, 0, 1) + n * 3_600_000).toISOString();
const object = (name: string, type = 'Manifest') => ({ id: at(`/r/${name}`), type });
const activity = (type: string, name: string, time?: number, more: object = {}) => ({
  type,
  object: object(name),
  ...(time === undefined ? {} : { endTime: hour(time) }),
  ...more,
});
const page = (n: number, items: unknown, more: object = {}) => ({
  '@context': DISCOVERY,
  id: at(`/page/${n}`),
  type: 'OrderedCollectionPage',
  partOf: { id: at('/stream'), type: 'OrderedCollection' },
  orderedItems: items,
  ...more,
});
const pageLink = (n: number) => ({ id: at(`/page/${n}`), type: 'OrderedCollectionPage' });
const collection = (more: object) => ({ '@context': DISCOVERY, id: at('/stream'), type: 'OrderedCollection', ...more });

/** Oldest first, with every link, as the specification says. */
function stream(...pages: unknown[][]): Record<string, Answer> {
  const answers: Record<string, Answer> = {
    '/stream': { body: collection({ first: pageLink(0), last: pageLink(pages.length - 1) }) },
  };
  for (const [n, items] of pages.entries()) {
    const prev = n > 0 ? { prev: pageLink(n - 1) } : {};
    answers[`/page/${n}`] = { body: page(n, items, { ...prev, ...(n + 1 < pages.length ? { next: pageLink(n + 1) } : {}) }) };
  }
  return answers;
}

type Look = {
  readonly site: Record<string, Answer>;
  /** What is published of objects, whatever the order. */
  readonly events: readonly string[];
  readonly outcomes?: Record<string, number>;
  /** That are found among others. */
  readonly oddities?: readonly OddityCode[];
  readonly level?: 0 | 1 | 2;
};

type Row = {
  readonly publisher: string;
  readonly streams?: readonly string[];
  readonly definition?: Omit<SourceDefinition, 'addresses'>;
  readonly looks: readonly Look[];
};

const WHOLE_EACH_TIME = { wholeWalkEvery: 0.001 };

const table: readonly Row[] = [
  {
    publisher: 'level 2, complete: of each object the newest activity counts, and what was deleted before we came is not fetched',
    looks: [
      {
        site: stream(
          [activity('Create', 'a', 1), activity('Create', 'b', 2)],
          [activity('Update', 'a', 3), activity('Delete', 'b', 4), activity('Create', 'c', 5)],
        ),
        events: ['harvested site-a', 'harvested site-c'],
        level: 2,
      },
      {
        site: stream(
          [activity('Create', 'a', 1), activity('Create', 'b', 2)],
          [activity('Update', 'a', 3), activity('Delete', 'b', 4), activity('Create', 'c', 5), activity('Delete', 'a', 6)],
        ),
        events: ['withdrawn site-a'],
      },
    ],
  },
  {
    publisher: 'level 1: a deletion shows as a difference of two whole walks',
    definition: WHOLE_EACH_TIME,
    looks: [
      {
        site: stream([activity('Update', 'a', 1), activity('Update', 'b', 2)]),
        events: ['harvested site-a', 'harvested site-b'],
        level: 1,
      },
      { site: stream([activity('Update', 'a', 1)]), events: ['withdrawn site-b'], outcomes: { missed: 1, unchanged: 1 } },
    ],
  },
  {
    publisher: 'level 0: no times; the difference of two walks tells what is new and what is gone',
    looks: [
      { site: stream([activity('Update', 'a'), activity('Update', 'b')]), events: ['harvested site-a', 'harvested site-b'], level: 0 },
      {
        site: stream([activity('Update', 'c'), activity('Update', 'a')]),
        events: ['harvested site-c', 'withdrawn site-b'],
      },
    ],
  },
  {
    publisher:
      'Getty LOD Gateway: pages from 1, short and empty ones, times without a zone, the context of Activity Streams alone, no links while it is empty',
    looks: [
      { site: { '/stream': { body: { '@context': AS2, id: at('/stream'), type: 'OrderedCollection', totalItems: 0 } } }, events: [] },
      {
        site: {
          '/stream': {
            body: { '@context': AS2, id: at('/stream'), type: 'OrderedCollection', totalItems: 300, first: pageLink(1), last: pageLink(3) },
          },
          '/page/1': {
            body: {
              ...page(1, [{ ...activity('Create', 'a'), created: '2024-01-01T01:00:00', endTime: '2024-01-01T01:00:00' }]),
              '@context': AS2,
              next: pageLink(2),
            },
          },
          '/page/2': { body: { ...page(2, []), '@context': AS2, prev: pageLink(1), next: pageLink(3) } },
          '/page/3': {
            body: { ...page(3, [{ ...activity('Create', 'b'), endTime: '2024-01-01T02:00:00' }]), '@context': AS2, prev: pageLink(2) },
          },
        },
        events: ['harvested site-a', 'harvested site-b'],
        oddities: ['time-without-zone', 'page-empty', 'context-other'],
      },
    ],
  },
  {
    publisher: 'Yale: a source whose deletions are not to be believed',
    definition: { policy: { deletions: 'ignore' } },
    looks: [
      { site: stream([activity('Create', 'a', 1)]), events: ['harvested site-a'] },
      {
        site: stream([activity('Create', 'a', 1), activity('Delete', 'a', 2)]),
        events: [],
        outcomes: { 'deletion-ignored': 1, 'done-before': 0 },
      },
    ],
  },
  {
    publisher:
      'Library of Congress: newest first by next, links as strings, published, add and remove, the record among links by media type',
    looks: [
      {
        site: {
          '/stream': { body: { '@context': AS2, id: at('/stream'), type: 'OrderedCollection', first: at('/page/1'), last: at('/page/2') } },
          '/page/1': {
            body: {
              '@context': AS2,
              type: 'OrderedCollectionPage',
              next: at('/page/2'),
              orderedItems: [
                { type: 'remove', object: { id: at('/r/b'), type: 'Thing' }, published: hour(4) },
                {
                  type: 'add',
                  object: {
                    id: at('/authorities/a'),
                    type: 'Thing',
                    url: [
                      { type: 'Link', href: at('/r/a.rdf'), mediaType: 'application/rdf+xml' },
                      { type: 'Link', href: at('/r/a'), mediaType: 'application/ld+json' },
                    ],
                  },
                  published: hour(3),
                },
              ],
            },
          },
          '/page/2': {
            body: {
              '@context': AS2,
              type: 'OrderedCollectionPage',
              orderedItems: [{ type: 'add', object: { id: at('/r/b'), type: 'Thing' }, published: hour(1) }],
            },
          },
        },
        events: ['harvested site-a'],
        oddities: ['order-newest-first', 'link-not-object', 'time-elsewhere'],
      },
    ],
  },
  {
    publisher: 'Getty vocabularies: one stream for all, of which a part is wanted, by another scheme than it writes',
    definition: { paths: ['https://localhost/r/aat'] },
    looks: [
      {
        site: stream([activity('Create', 'a', 1)]),
        events: [],
        outcomes: {},
      },
    ],
  },
  {
    publisher: 'very many pages of which nothing is wanted, before the one that has something: no circle',
    definition: { classes: ['Manifest'] },
    looks: [
      {
        site: stream(
          [activity('Create', 'a', 1)],
          ...Array.from({ length: 150 }, (_, n) => [{ type: 'Update', object: object(`set-${n}`, 'Collection'), endTime: hour(2 + n) }]),
        ),
        events: ['harvested site-a'],
      },
    ],
  },
  {
    publisher: 'a stream of many classes of which objects alone are wanted',
    definition: { classes: ['HumanMadeObject'] },
    looks: [
      {
        site: stream([
          { type: 'Create', object: object('person', 'Person'), endTime: hour(1) },
          { type: 'Create', object: object('a', 'HumanMadeObject'), endTime: hour(2) },
        ]),
        events: ['harvested site-a'],
      },
    ],
  },
  {
    publisher: 'OCLC CONTENTdm: the context of Presentation 2, ids on another host than the one asked',
    looks: [
      {
        site: {
          '/stream': {
            body: {
              '@context': 'http://iiif.io/api/presentation/2/context.json',
              id: 'http://192.0.2.7:8181/stream',
              type: 'OrderedCollection',
              first: pageLink(0),
              last: pageLink(0),
            },
          },
          '/page/0': {
            body: {
              ...page(
                0,
                Array.from({ length: 500 }, (_, n) => activity('Create', `item${n % 4}`, n)),
              ),
              '@context': 'http://iiif.io/api/presentation/2/context.json',
              id: 'http://192.0.2.7:8181/page/0',
            },
          },
        },
        events: ['harvested site-item0', 'harvested site-item1', 'harvested site-item2', 'harvested site-item3'],
        oddities: ['context-other', 'collection-id-differs', 'page-id-differs'],
      },
    ],
  },
  {
    publisher: 'Goobi viewer: the last page is one too many; what was on a page may be on another tomorrow',
    looks: [
      {
        site: {
          '/stream': {
            body: collection({ '@context': 'http://iiif.io/api/discovery/0/context.json', first: pageLink(0), last: pageLink(2) }),
          },
          '/page/0': { body: page(0, [activity('Create', 'a', 1), activity('Create', 'b', 2)], { next: pageLink(1) }) },
          '/page/1': { body: page(1, [activity('Create', 'c', 3)], { prev: pageLink(0), next: pageLink(2) }) },
          '/page/2': { status: 404 },
        },
        events: ['harvested site-a', 'harvested site-b', 'harvested site-c'],
        oddities: ['page-missing', 'context-other'],
      },
      {
        // a was changed: it left its page, and every border moved by one.
        site: {
          '/page/0': { body: page(0, [activity('Create', 'b', 2), activity('Create', 'c', 3)], { next: pageLink(1) }) },
          '/page/1': { body: page(1, [activity('Update', 'a', 4)], { prev: pageLink(0), next: pageLink(2) }) },
        },
        events: ['harvested site-a'],
        outcomes: { unchanged: 2, 'done-before': 1 },
      },
    ],
  },
  {
    publisher: 'Madoc: partOf is an example, next is nearly always missing',
    looks: [
      {
        site: {
          '/stream': { body: collection({ first: pageLink(0), last: pageLink(1), totalPages: 2 }) },
          '/page/0': {
            body: page(0, [activity('Create', 'a', 1)], { partOf: { id: 'https://example.org/stream', type: 'OrderedCollection' } }),
          },
          '/page/1': {
            body: page(1, [activity('Create', 'b', 2)], {
              partOf: { id: 'https://example.org/stream', type: 'OrderedCollection' },
              prev: pageLink(0),
            }),
          },
        },
        events: ['harvested site-a', 'harvested site-b'],
      },
    ],
  },
  {
    publisher: 'Rijksmuseum: objects are persistent identifiers that lead to their record',
    looks: [
      {
        site: {
          ...stream([{ type: 'Create', object: { id: at('/pid/200108369'), type: 'HumanMadeObject' }, endTime: hour(1) }]),
          '/pid/200108369': { status: 303, headers: { location: '/r/SK-C-5' } },
        },
        events: ['harvested site-200108369'],
      },
    ],
  },
  {
    publisher: 'Bodleian: an actor, ids of activities, many days apart',
    looks: [
      {
        site: stream([
          {
            id: at('/a/1'),
            actor: { id: 'http://viaf.org/viaf/173632201', type: 'Organization' },
            ...activity('Create', 'a', 1),
            startTime: hour(0),
          },
          { id: at('/a/2'), actor: { id: 'http://viaf.org/viaf/173632201', type: 'Organization' }, ...activity('Update', 'a', 900) },
        ]),
        events: ['harvested site-a'],
      },
    ],
  },
  {
    publisher: 'an early draft: Collection, items, newest first, published beside endTime',
    looks: [
      {
        site: {
          '/stream': {
            body: {
              '@context': [DISCOVERY, AS2],
              id: at('/stream'),
              type: 'Collection',
              first: { id: at('/page/1'), type: 'CollectionPage' },
            },
          },
          '/page/1': {
            body: {
              '@context': AS2,
              id: at('/page/1'),
              type: 'CollectionPage',
              next: { id: at('/page/2'), type: 'CollectionPage' },
              items: [
                { ...activity('Delete', 'b', 9), published: hour(10) },
                { ...activity('Update', 'a', 8), published: hour(10) },
              ],
            },
          },
          '/page/2': {
            body: {
              '@context': AS2,
              id: at('/page/2'),
              type: 'CollectionPage',
              items: [activity('Create', 'b', 2), activity('Create', 'a', 1)],
            },
          },
        },
        events: ['harvested site-a'],
        oddities: ['items-unordered', 'collection-type', 'page-type', 'last-missing'],
      },
    ],
  },
  {
    publisher: 'a collection that holds its one activity itself, and not in a list',
    looks: [
      {
        site: { '/stream': { body: collection({ orderedItems: activity('Create', 'a', 1) }) } },
        events: ['harvested site-a'],
        oddities: ['items-inline', 'items-not-listed'],
      },
      {
        site: { '/stream': { body: collection({ orderedItems: [activity('Create', 'a', 1), activity('Create', 'b', 2)] }) } },
        events: ['harvested site-b'],
      },
    ],
  },
  {
    publisher: 'relative addresses, and links that are Links',
    looks: [
      {
        site: {
          '/stream': {
            body: {
              '@context': DISCOVERY,
              id: '/stream',
              type: 'OrderedCollection',
              first: 'page/0',
              last: { type: 'Link', href: '/page/0' },
            },
          },
          '/page/0': {
            body: page(0, [
              { type: 'Create', object: { id: '../r/a', type: 'Manifest' }, endTime: hour(1) },
              { type: 'Create', object: '/r/b', endTime: hour(2) },
            ]),
          },
        },
        events: ['harvested site-a', 'harvested site-b'],
        oddities: ['link-relative', 'link-not-object', 'object-not-object'],
      },
    ],
  },
  {
    publisher: 'only first, and nothing leads back: read from its beginning, the newest counts',
    looks: [
      {
        site: {
          '/stream': { body: collection({ first: pageLink(0) }) },
          '/page/0': { body: page(0, [activity('Create', 'a', 1), activity('Create', 'b', 2)], { next: pageLink(1) }) },
          '/page/1': { body: page(1, [activity('Delete', 'a', 3)]) },
        },
        events: ['harvested site-b'],
        oddities: ['last-missing'],
      },
    ],
  },
  {
    publisher: 'two streams of one source',
    streams: ['/stream', '/other'],
    looks: [
      {
        site: {
          ...stream([activity('Create', 'a', 1)]),
          '/other': {
            body: { ...collection({ orderedItems: [activity('Create', 'b', 2), activity('Update', 'a', 1)] }), id: at('/other') },
          },
        },
        events: ['harvested site-a', 'harvested site-b'],
      },
    ],
  },
  {
    publisher: 'Refresh: a first walk ends at it',
    looks: [
      {
        site: stream(
          [activity('Create', 'a', 1), activity('Create', 'b', 2)],
          [{ type: 'Refresh', startTime: hour(3), endTime: hour(3) }, activity('Update', 'a', 4)],
        ),
        events: ['harvested site-a'],
      },
    ],
  },
  {
    publisher: 'Refresh: before it only deletions count, over the borders of pages',
    looks: [
      { site: stream([activity('Create', 'a', 1), activity('Create', 'b', 2)]), events: ['harvested site-a', 'harvested site-b'] },
      {
        site: stream(
          [activity('Create', 'a', 1), activity('Create', 'b', 2)],
          [activity('Create', 'c', 3), activity('Delete', 'b', 4)],
          [{ type: 'Refresh', startTime: hour(5), endTime: hour(5) }, activity('Update', 'a', 6)],
        ),
        events: ['harvested site-a', 'withdrawn site-b'],
      },
    ],
  },
  {
    publisher: 'Move: the object goes on under its identifier',
    looks: [
      { site: stream([activity('Create', 'a', 1)]), events: ['harvested site-a'] },
      {
        site: { ...stream([activity('Create', 'a', 1), activity('Move', 'a', 2, { target: object('z') })]), '/r/a': { status: 410 } },
        events: ['harvested site-a'],
        outcomes: { moved: 1, 'done-before': 0 },
      },
    ],
  },
  {
    publisher: 'Add and Remove: those of another stream say nothing here',
    looks: [
      {
        site: stream([
          activity('Add', 'a', 1, { target: { id: at('/stream'), type: 'OrderedCollection' } }),
          activity('Add', 'b', 2, { target: { id: 'https://elsewhere.example/stream', type: 'OrderedCollection' } }),
          activity('Add', 'c', 3),
        ]),
        events: ['harvested site-a', 'harvested site-c'],
      },
      {
        site: stream([
          activity('Remove', 'a', 4, { origin: { id: at('/stream'), type: 'OrderedCollection' } }),
          activity('Remove', 'c', 5, { origin: { id: 'https://elsewhere.example/stream', type: 'OrderedCollection' } }),
        ]),
        events: ['withdrawn site-a'],
      },
    ],
  },
  {
    publisher: 'pages whose links go round in a circle',
    looks: [
      {
        site: {
          '/stream': { body: collection({ last: pageLink(2) }) },
          '/page/2': { body: page(2, [activity('Create', 'c', 3)], { prev: pageLink(1) }) },
          '/page/1': { body: page(1, [activity('Create', 'b', 2)], { prev: pageLink(0) }) },
          '/page/0': { body: page(0, [activity('Create', 'a', 1)], { prev: pageLink(2) }) },
        },
        events: ['harvested site-a', 'harvested site-b', 'harvested site-c'],
        oddities: ['page-loop'],
      },
    ],
  },
  {
    publisher: 'types that nobody knows, as merge and split: an Update is meant',
    looks: [
      {
        site: stream([activity('merge', 'a', 1), activity('as:Split', 'b', 2)]),
        events: ['harvested site-a', 'harvested site-b'],
        oddities: ['type-unknown'],
      },
    ],
  },
  {
    publisher: 'activities that make no sense: each is a failure of its own, and their page goes on',
    looks: [
      {
        site: stream([
          activity('Create', 'a', 1),
          null,
          'Create',
          { type: 'Create' },
          { object: object('b') },
          { type: 'Create', object: { id: 'urn:x' } },
          activity('Create', 'c', 9),
        ]),
        events: ['harvested site-a', 'harvested site-c'],
        oddities: ['activity-unusable'],
      },
    ],
  },
  {
    publisher: 'canonical and seeAlso: the resource is known by the one and read at the other',
    looks: [
      {
        site: stream([
          {
            type: 'Create',
            object: {
              id: at('/iiif/3/manifest.json'),
              type: 'Manifest',
              canonical: at('/r/work'),
              seeAlso: [{ id: at('/r/record'), type: 'Dataset', profile: 'https://linked.art/ns/v1/linked-art.json' }],
            },
            endTime: hour(1),
          },
          {
            type: 'Create',
            object: { id: at('/iiif/2/manifest.json'), type: 'Manifest', canonical: at('/r/work') },
            endTime: hour(0),
          },
        ]),
        events: ['harvested site-work'],
      },
    ],
  },
  {
    publisher: 'a time far in the future: it freezes nothing',
    looks: [
      {
        site: stream([activity('Create', 'a', 1), activity('Create', 'b', 100_000)]),
        events: ['harvested site-a', 'harvested site-b'],
        oddities: ['time-future'],
      },
      {
        site: stream([activity('Create', 'a', 1), activity('Create', 'b', 100_000), activity('Create', 'c', 3)]),
        events: ['harvested site-c'],
      },
    ],
  },
  {
    publisher: 'ties: another activity of the very time that was the newest',
    looks: [
      { site: stream([activity('Create', 'a', 1)]), events: ['harvested site-a'] },
      {
        site: stream([activity('Create', 'a', 1), activity('Create', 'b', 1)]),
        events: ['harvested site-b'],
        outcomes: { created: 1, unchanged: 1 },
      },
    ],
  },
  {
    publisher: 'an activity that came late to a page: what we don’t know is done, whatever its time',
    looks: [
      { site: stream([activity('Create', 'a', 1), activity('Create', 'c', 5)]), events: ['harvested site-a', 'harvested site-c'] },
      {
        site: stream([activity('Create', 'a', 1), activity('Create', 'late', 3), activity('Create', 'c', 5)]),
        events: ['harvested site-late'],
      },
    ],
  },
  {
    publisher: 'records that can’t be read: 401 and 404 are no deletion, 410 is one',
    looks: [
      {
        site: stream([activity('Create', 'a', 1), activity('Create', 'b', 2), activity('Create', 'c', 3)]),
        events: ['harvested site-a', 'harvested site-b', 'harvested site-c'],
      },
      {
        site: {
          ...stream([activity('Update', 'a', 4), activity('Update', 'b', 5), activity('Update', 'c', 6)]),
          '/r/a': { status: 403 },
          '/r/b': { status: 404 },
          '/r/c': { status: 410 },
        },
        events: ['withdrawn site-c'],
        outcomes: { 'source-refused': 1, 'source-unreachable': 1, gone: 1 },
      },
    ],
  },
  {
    publisher: 'a record that is another’s only by its white space raises nothing',
    looks: [
      { site: stream([activity('Create', 'a', 1)]), events: ['harvested site-a'] },
      {
        site: { ...stream([activity('Update', 'a', 2)]), '/r/a': { body: linkedArt(at('/r/a'), at('/r/a')), headers: { 'x-other': '1' } } },
        events: ['harvested site-a'],
        outcomes: { unchanged: 1 },
      },
    ],
  },
];

suite('each publisher’s stream, and what it is to us', () => {
  for (const { publisher, streams, definition, looks } of table)
    test(publisher, () =>
      withSite({ ...(streams ? { streams } : {}), ...(definition ? { definition } : {}) }, async ({ answers, look, report }) => {
        for (const [n, { site, events, outcomes, oddities, level }] of looks.entries()) {
          for (const [path, answer] of Object.entries(site)) answers.set(path, answer);
          assert.deepEqual((await look()).toSorted(), events.toSorted(), `look ${n + 1}`);
          const run = await report();
          for (const [code, count] of Object.entries(outcomes ?? {}))
            assert.equal(
              run?.outcomes.find(({ name }) => name === code)?.count ?? 0,
              count,
              `look ${n + 1}: ${code} of ${JSON.stringify(run?.outcomes)}`,
            );
          for (const code of oddities ?? [])
            assert.ok(
              run?.oddities.some((oddity) => oddity.code === code),
              `${code} is noted: ${JSON.stringify(run?.oddities)}`,
            );
          if (level !== undefined) assert.equal(run?.streams[0]?.level, level);
        }
      }),
    );
});

suite('a polite harvester', () => {
  test('asks an unchanged stream for two documents, with their validators', () =>
    withSite({}, async ({ answers, requests, look }) => {
      for (const [path, { body }] of Object.entries(stream([activity('Create', 'a', 1)], [activity('Create', 'b', 2)])))
        answers.set(path, { body, headers: { etag: `"${path}"` } });
      await look();
      for (const path of answers.keys()) answers.set(path, { status: 304, headers: { etag: `"${path}"` } });
      requests.length = 0;
      assert.deepEqual(await look(), []);
      assert.deepEqual(
        requests.map(({ path, headers }) => [path, headers['if-none-match']]),
        [
          ['/stream', '"/stream"'],
          ['/page/1', '"/page/1"'],
        ],
      );
    }));

  test('sends the credential of its source, says who it is, and takes compressed answers', () =>
    withSite({ definition: { credential: 'key' } }, async ({ answers, requests, look }) => {
      for (const [path, answer] of Object.entries(stream([activity('Create', 'a', 1)]))) answers.set(path, answer);
      await look();
      for (const { path, headers } of requests) {
        assert.equal(headers['x-key'], 'secret', path);
        assert.equal(headers['user-agent'], 'test');
        assert.match(String(headers['accept-encoding']), /gzip/);
      }
      assert.ok(requests.length >= 3);
    }));

  test('leaves the time that its source asks for between two requests', () =>
    withSite({ definition: { pause: 0.1 } }, async ({ answers, look }) => {
      for (const [path, answer] of Object.entries(stream([activity('Create', 'a', 1), activity('Create', 'b', 2)])))
        answers.set(path, answer);
      const began = Date.now();
      await look();
      assert.ok(Date.now() - began >= 290, `four requests in ${Date.now() - began} ms`);
    }));
});
