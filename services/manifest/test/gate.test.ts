import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { isNode } from '@vitrine/mapping/json-node.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { asJson, image, manifestOf, objectOf } from './museum-object-of.ts';
import { officialSchema } from './official-schema.ts';

const valid = () =>
  asJson(manifestOf(objectOf([image('1'), image('2')], { structure: [{ label: { en: ['Part'] }, images: ['1'] }] })).document);
/** Sets what is at a path of a document; undefined takes it away. */
function set(document: unknown, path: string, value: unknown): unknown {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((node, key) => Reflect.get(Object(node), key), document);
  if (value === undefined) Reflect.deleteProperty(Object(holder), last);
  else Reflect.set(Object(holder), last, value);
  return document;
}

/** What is wrong, where it is put, and what a person is told. */
const faults: readonly (readonly [string, string, unknown, string, RegExp])[] = [
  ['no label', 'label', undefined, '', /must have label/],
  ['a label that is a string', 'label', 'The Whale', '/label', /texts by language/],
  ['a text that is no list', 'summary', { en: 'A book' }, '/summary/en', /texts by language/],
  ['an address of rights with https', 'rights', 'https://creativecommons.org/licenses/by/4.0/', '/rights', /with http:/],
  ['terms of a museum as rights', 'rights', 'https://museum.example/terms', '/rights', /Creative Commons or RightsStatements/],
  ['a year as navDate', 'navDate', '1851', '/navDate', /RFC 3339/],
  ['a homepage without a label', 'homepage', [{ id: 'https://m.example/', type: 'Text' }], '/homepage/0', /a link must have label/],
  ['one thumbnail that is no list', 'thumbnail', { id: 'https://m.example/t.jpg', type: 'Image' }, '/thumbnail', /a list/],
  ['a behavior that there is not', 'behavior', ['sideways'], '/behavior/0', /behaviors of the specification/],
  ['no canvases', 'items', [], '/items', /at least one/],
  ['a canvas without a height', 'items.0.height', undefined, '/items/0', /width and height together/],
  ['a canvas of nothing', 'items.0.width', 0, '/items/0/width', /above 0/],
  ['a canvas whose id has a fragment', 'items.1.id', 'https://m.example/c#1', '/items/1/id', /without a #fragment/],
  [
    'two canvases with one id',
    'items.1.id',
    'https://iiif.example/iiif/presentation/canvas/o/o-1',
    '/items/1/id',
    /the id of something else/,
  ],
  [
    'a painting that is none',
    'items.0.items.0.items.0.motivation',
    'commenting',
    '/items/0/items/0/items/0/motivation',
    /motivation painting/,
  ],
  [
    'a painting on another canvas',
    'items.0.items.0.items.0.target',
    'https://m.example/elsewhere',
    '/items/0/items/0/items/0/target',
    /must be the canvas/,
  ],
  [
    'a painting beside its canvas',
    'items.0.items.0.items.0.target',
    'https://iiif.example/iiif/presentation/canvas/o/o-1#xywh=3000,0,2000,100',
    '/items/0/items/0/items/0/target',
    /outside of its canvas/,
  ],
  ['a painting of nothing', 'items.0.items.0.items.0.body', undefined, '/items/0/items/0/items/0', /must have a body/],
  [
    'a range of a canvas that is not there',
    'structures.0.items.0.id',
    'https://m.example/c9',
    '/structures/0/items/0',
    /is not in this manifest/,
  ],
  ['an empty range', 'structures.0.items', [], '/structures/0/items', /at least one/],
  ['a start that is not there', 'start', { id: 'https://m.example/c9', type: 'Canvas' }, '/start', /is not in this manifest/],
  ['a service without an id', 'service', [{ type: 'SearchService2' }], '/service/0', /service/i],
  ['another context', '@context', 'http://iiif.io/api/presentation/2/context.json', '/@context', /ends with it/],
  [
    'the contexts in the wrong order',
    '@context',
    ['http://iiif.io/api/presentation/3/context.json', 'https://m.example/x.json'],
    '/@context',
    /ends with it/,
  ],
  ['a provider that is a string', 'provider', ['The museum'], '/provider/0', /Agent/],
  [
    'a placeholder within a placeholder',
    'items.0.placeholderCanvas',
    { id: 'https://m.example/p', type: 'Canvas', width: 1, height: 1, items: [], placeholderCanvas: {} },
    '/items/0/placeholderCanvas',
    /must not have one/,
  ],
];

suite('the gate', () => {
  test('lets a good manifest pass', () => assert.deepEqual(presentationFaults(valid()), []));
  for (const [title, path, value, pointer, sentence] of faults)
    test(`stops ${title}, and says where`, () => {
      const found = presentationFaults(set(valid(), path, value));
      assert.ok(
        found.some((fault) => fault.pointer === pointer && sentence.test(fault.sentence)),
        JSON.stringify(found),
      );
    });
  for (const [title, value] of [
    ['a list', []],
    ['null', null],
    ['a text', 'Manifest'],
    ['another document', { type: 'Painting' }],
  ] as const)
    test(`stops ${title}`, () => assert.equal(presentationFaults(value).length, 1));

  test('takes names that objects have by themselves for names', () => {
    const document = valid();
    for (const name of ['valueOf', 'hasOwnProperty', '__defineGetter__', 'constructor']) set(document, `items.0.${name}`, 1);
    assert.deepEqual(presentationFaults(document), []);
  });

  test('tells at most a hundred faults, and no stack is too deep for it', () => {
    let range: unknown = { id: 'https://m.example/r', type: 'Range', items: [] };
    for (let depth = 0; depth < 20_000; depth++) range = { id: `https://m.example/r${depth}`, type: 'Range', items: [range] };
    assert.equal(presentationFaults(set(valid(), 'structures', [range])).length, 1);
    assert.equal(
      presentationFaults(
        set(
          valid(),
          'items',
          Array.from({ length: 500 }, () => ({})),
        ),
      ).length,
      100,
    );
  });
});

/** Where our gate knows more than the official schema: rules that bind several resources, which no schema can say. */
const STRICTER: Readonly<Record<string, RegExp>> = {
  'cookbook/0229-behavior-ranges.json': /\/id/,
  'presentation-3/accompanying-canvas.json': /target/,
  'validator/accompanyingCanvas.json': /target/,
  'validator/range_range.json': /something else/,
};
/** Where the official schema refuses properties and language tags that the specification leaves open. */
const OPEN_TO_MORE: ReadonlySet<string> = new Set([
  'presentation-3/bodleian.json',
  'presentation-3/dzkimgs.l.u-tokyo.ac.jp__iiif__zuzoubu__12b02__manifest.json',
  'presentation-3/iiif.harvardartmuseums.org__manifests__object__299843.json',
  'presentation-3/specific-resource-infer.json',
  'validator/broken_embedded_annos.json',
]);

const fixtures = sharedFixtures(process.env);
suite('the verdicts of the gate and of the official schema agree', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  if (fixtures === undefined) return;
  const official = await officialSchema(fixtures);
  for (const folder of ['cookbook', 'presentation-3', 'validator'])
    for (const name of await readdir(join(fixtures, 'manifests', folder))) {
      const file = `${folder}/${name}`;
      const document: unknown = JSON.parse(await readFile(join(fixtures, 'manifests', file), 'utf8'));
      if (!isNode(document) || document['@id'] !== undefined) continue;
      test(file, () => {
        const found = presentationFaults(document);
        const stricter = STRICTER[file];
        if (stricter) assert.match(`${found[0]?.pointer} ${found[0]?.sentence}`, stricter);
        else if (OPEN_TO_MORE.has(file)) assert.deepEqual([official(document), found], [false, []]);
        else assert.equal(found.length === 0, official(document), JSON.stringify(found.slice(0, 3)));
      });
    }
});
