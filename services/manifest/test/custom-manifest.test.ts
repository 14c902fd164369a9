import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ChosenItem } from '@vitrine/contracts/custom-collection.ts';
import { isNode, type JsonNode } from '@vitrine/mapping/json-node.ts';
import { chosenFault } from '../src/domain/custom/chosen-canvases.ts';
import { contentState } from '../src/domain/custom/content-state.ts';
import { customManifest } from '../src/domain/custom/custom-manifest.ts';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { downgradeManifest } from '../src/domain/presentation-2/downgrade-presentation.ts';
import { asJson, at, image, manifestOf, objectOf, PUBLIC_URL } from './museum-object-of.ts';

const RIGHTS = 'http://creativecommons.org/publicdomain/zero/1.0/';
const asNode = (value: unknown): JsonNode => {
  assert.ok(isNode(value));
  return value;
};
const canvas = (name: string) => `${PUBLIC_URL}/iiif/presentation/canvas/o/o-${name}`;
const made = (...args: Parameters<typeof manifestOf>) => asNode(asJson(manifestOf(...args).document));

/** A book of three pages; the second in two lights, the third with a seal that lies on it. */
const book = made(
  objectOf(
    [
      image('1'),
      image('2', { label: { none: ['ii'] } }),
      image('2-infrared', { view: '2', role: 'infrared' }),
      image('3'),
      image('seal', { view: '3', region: { x: 3000, y: 2000, width: 1000, height: 1000 } }),
    ],
    { rights: RIGHTS, requiredStatement: { label: { en: ['Credit'] }, value: { en: ['Gift of A'] } } },
  ),
  { seal: { width: 500, height: 500, levels: [{ width: 500, height: 500 }] } },
);

const foreign = (service: JsonNode): JsonNode => ({
  id: 'https://m.example/manifest',
  type: 'Manifest',
  label: { en: ['Theirs'] },
  items: [
    {
      id: canvas('1'),
      type: 'Canvas',
      width: 1000,
      height: 500,
      items: [
        {
          id: 'https://m.example/page',
          type: 'AnnotationPage',
          items: [
            {
              id: 'https://m.example/painting',
              type: 'Annotation',
              motivation: 'painting',
              target: canvas('1'),
              body: { id: 'https://m.example/whole.jpg', type: 'Image', service: [service] },
            },
          ],
        },
      ],
    },
  ],
});

const manifest = (items: readonly ChosenItem[], of: JsonNode = book) =>
  customManifest(PUBLIC_URL, 'best', { label: { en: ['Best'] }, publishedAs: 'manifest', items: [...items] }, new Map([['o', of]]));

const PAINTED = 'items.0.items.0.items';
const cases: readonly (readonly [string, readonly ChosenItem[], string, unknown, JsonNode?])[] = [
  ['an object gives all its canvases', [{ object: 'o' }], 'items.length', 3],
  ['a canvas keeps its id', [{ object: 'o', canvas: canvas('2') }], 'items.0.id', canvas('2')],
  ['says whose part it is', [{ object: 'o', canvas: canvas('2') }], 'items.0.partOf.0.id', `${PUBLIC_URL}/iiif/presentation/3/manifests/o`],
  ['takes its rights with it', [{ object: 'o', canvas: canvas('2') }], 'items.0.rights', RIGHTS],
  ['and what must be said of it', [{ object: 'o', canvas: canvas('2') }], 'items.0.requiredStatement.value.en.0', 'Gift of A'],
  ['is named with its object', [{ object: 'o', canvas: canvas('2') }], 'items.0.label', { en: ['The Whale, ii'] }],
  ['or as the person wants', [{ object: 'o', canvas: canvas('2'), label: { en: ['Mine'] } }], 'items.0.label', { en: ['Mine'] }],
  ['what is chosen twice is there once', [{ object: 'o', canvas: canvas('2') }, { object: 'o' }], 'items.length', 3],
  ['the order is the person’s', [{ object: 'o', canvas: canvas('3') }, { object: 'o' }], 'items.0.id', canvas('3')],
  ['what is gone is left out', [{ object: 'gone' }, { object: 'o', canvas: canvas('1') }], 'items.length', 1],
  [
    'a region is a canvas of its size',
    [{ object: 'o', canvas: canvas('1'), region: { x: 100, y: 200, width: 300, height: 400 } }],
    'items.0.height',
    400,
  ],
  [
    'cut by the image service',
    [{ object: 'o', canvas: canvas('1'), region: { x: 100, y: 200, width: 300, height: 400 } }],
    `${PAINTED}.0.body.id`,
    `${PUBLIC_URL}/iiif/image/3/o-1~aaaaaaaaaa/100,200,300,400/300,400/0/default.jpg`,
  ],
  [
    'no larger than a viewer needs',
    [{ object: 'o', canvas: canvas('1'), region: { x: 0, y: 0, width: 4000, height: 2000 } }],
    `${PAINTED}.0.body.width`,
    2000,
  ],
  [
    'a choice stays one',
    [{ object: 'o', canvas: canvas('2'), region: { x: 0, y: 0, width: 10, height: 10 } }],
    `${PAINTED}.0.body.items.length`,
    2,
  ],
  [
    'what lies elsewhere is not in it',
    [{ object: 'o', canvas: canvas('3'), region: { x: 0, y: 0, width: 10, height: 10 } }],
    `${PAINTED}.length`,
    1,
  ],
  [
    'what lies in it in part is cut at its own scale',
    [{ object: 'o', canvas: canvas('3'), region: { x: 2500, y: 2500, width: 1000, height: 500 } }],
    `${PAINTED}.1.body.id`,
    `${PUBLIC_URL}/iiif/image/3/o-seal~aaaaaaaaaa/0,250,250,250/250,250/0/default.jpg`,
  ],
  [
    'and put where it lies',
    [{ object: 'o', canvas: canvas('3'), region: { x: 2500, y: 2500, width: 1000, height: 500 } }],
    `${PAINTED}.1.target`,
    /#xywh=500,0,500,500$/,
  ],
  [
    'another’s service of level 2 is asked in percent',
    [{ object: 'o', canvas: canvas('1'), region: { x: 100, y: 50, width: 500, height: 100 } }],
    `${PAINTED}.0.body.id`,
    'https://m.example/iiif/1/pct:10,10,50,20/500,/0/default.jpg',
    foreign({ '@id': 'https://m.example/iiif/1', '@type': 'ImageService2', profile: 'http://iiif.io/api/image/2/level2.json' }),
  ],
];

const faults: readonly (readonly [string, ChosenItem, RegExp, JsonNode?])[] = [
  ['a canvas of another', { object: 'o', canvas: canvas('9') }, /is no canvas of o/],
  ['a region without a canvas', { object: 'o', region: { x: 0, y: 0, width: 1, height: 1 } }, /needs the canvas/],
  [
    'a region beyond the edge',
    { object: 'o', canvas: canvas('1'), region: { x: 3999, y: 0, width: 2, height: 1 } },
    /outside.*4000 x 3000/,
  ],
  [
    'a region that nobody can cut',
    { object: 'o', canvas: canvas('1'), region: { x: 0, y: 0, width: 1, height: 1 } },
    /no image service/,
    foreign({ id: 'https://m.example/iiif/1', type: 'ImageService3', profile: 'level0' }),
  ],
];

suite('chosen canvases as a manifest', () => {
  for (const [name, items, path, expected, of = book] of cases)
    test(name, () => {
      const document = manifest(items, of);
      const found = at(document, path);
      if (expected instanceof RegExp) assert.match(String(found), expected);
      else assert.deepEqual(found, expected);
      assert.deepEqual(presentationFaults(document), []);
      assert.ok(downgradeManifest(asNode(document), PUBLIC_URL).document);
    });

  test('nothing left to show is no manifest', () => assert.equal(manifest([{ object: 'gone' }]), undefined));

  for (const [name, item, expected, of = book] of faults)
    test(`refused: ${name}`, () => assert.match(chosenFault(item, of) ?? '', expected));

  test('refused: what is not published', () => assert.match(chosenFault({ object: 'x' }, undefined) ?? '', /no object is published as x/));

  test('a content state says the region, the canvas and its manifest', () => {
    const state = contentState({
      manifest: 'https://m.example/m',
      canvas: 'https://m.example/c',
      region: { x: 1, y: 2, width: 3, height: 4 },
    });
    assert.deepEqual(JSON.parse(decodeURIComponent(String(Buffer.from(state, 'base64url')))), {
      id: 'https://m.example/c#xywh=1,2,3,4',
      type: 'Canvas',
      partOf: [{ id: 'https://m.example/m', type: 'Manifest' }],
    });
  });
});
