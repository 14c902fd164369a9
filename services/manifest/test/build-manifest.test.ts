import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite, test } from 'node:test';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import fc from 'fast-check';
import { presentationFaults } from '../src/domain/gate/presentation-faults.ts';
import { at, image, manifestOf, objectOf, PUBLIC_URL } from './museum-object-of.ts';

const canvas = (name: string) => `${PUBLIC_URL}/iiif/presentation/canvas/o/o-${name}`;
const NONE = undefined;

/** What an object says, and what its manifest has at a path. */
const cases: readonly (readonly [string, MuseumObject, string, unknown])[] = [
  ['the context alone', objectOf([image('1')]), '@context', 'http://iiif.io/api/presentation/3/context.json'],
  [
    'search and places have contexts of their own, before the API’s',
    objectOf([image('1', { text: [{ address: 'https://m.example/1.xml', blob: { key: 'k', sha256: 'a', bytes: 1 } }] })], {
      place: [{ label: { en: ['Nantucket'] }, longitude: -70.1, latitude: 41.3 }],
    }),
    '@context',
    [
      'http://iiif.io/api/search/2/context.json',
      'http://iiif.io/api/extension/navplace/context.json',
      'http://iiif.io/api/presentation/3/context.json',
    ],
  ],
  [
    'a place is GeoJSON, longitude first',
    objectOf([image('1')], { place: [{ label: { en: ['Nantucket'] }, longitude: -70.1, latitude: 41.3 }] }),
    'navPlace.features.0.geometry',
    { type: 'Point', coordinates: [-70.1, 41.3] },
  ],
  ['a place without coordinates is none', objectOf([image('1')], { place: [{ label: { en: ['Atlantis'] } }] }), 'navPlace', NONE],
  [
    'pixels by their version',
    objectOf([image('1')]),
    'items.0.items.0.items.0.body.id',
    `${PUBLIC_URL}/iiif/image/3/o-1~aaaaaaaaaa/full/1200,900/0/default.jpg`,
  ],
  ['a canvas without', objectOf([image('1')]), 'items.0.id', canvas('1')],
  ['a canvas that has no label is numbered', objectOf([image('1'), image('2')]), 'items.1.label', { none: ['2'] }],
  [
    'images of one view are a choice, that which names the view first',
    objectOf([image('ir', { view: 'vis', role: 'infrared' }), image('vis', { label: { en: ['As it is'] } })]),
    'items.0.items.0.items.0.body.items.0.label',
    { en: ['As it is'] },
  ],
  [
    'a choice without labels is named by roles',
    objectOf([image('vis'), image('ir', { view: 'vis', role: 'infrared' })]),
    'items.0.items.0.items.0.body.items.1.label',
    { en: ['Infrared'] },
  ],
  ['a choice is on the canvas of the view', objectOf([image('ir', { view: 'vis' }), image('vis')]), 'items.0.id', canvas('vis')],
  ['and is one canvas', objectOf([image('ir', { view: 'vis' }), image('vis')]), 'items.length', 1],
  [
    'a fragment lies where its record says',
    objectOf([image('leaf'), image('scrap', { view: 'leaf', region: { x: 10, y: 20, width: 300, height: 400 } })]),
    'items.0.items.0.items.1.target',
    `${canvas('leaf')}#xywh=10,20,300,400`,
  ],
  [
    'a sound is a canvas with a length',
    objectOf([], { media: [{ id: 'https://m.example/a.mp3', type: 'Sound', format: 'audio/mpeg', duration: 61.5 }] }),
    'items.0.duration',
    61.5,
  ],
  [
    'a video waits behind its poster, which is no canvas of its own',
    objectOf([image('poster')], {
      media: [{ id: 'https://m.example/a.mp4', type: 'Video', duration: 5, width: 640, height: 480, placeholder: 'poster' }],
    }),
    'items.0.placeholderCanvas.items.0.items.0.body.format',
    'image/jpeg',
  ],
  [
    'a medium of a kind that nobody knows is left out',
    objectOf([image('1')], { media: [{ id: 'https://m.example/a.glb', type: 'Model', duration: 5 }] }),
    'items.length',
    1,
  ],
  [
    'sections are ranges in one another',
    objectOf([image('1'), image('2')], {
      structure: [
        { label: { en: ['Part'] }, images: ['1'] },
        { label: { en: ['Chapter'] }, images: ['2'], parent: 0 },
      ],
    }),
    'structures',
    [
      {
        id: `${PUBLIC_URL}/iiif/presentation/range/o/1`,
        type: 'Range',
        label: { en: ['Part'] },
        items: [
          { id: canvas('1'), type: 'Canvas' },
          {
            id: `${PUBLIC_URL}/iiif/presentation/range/o/2`,
            type: 'Range',
            label: { en: ['Chapter'] },
            items: [{ id: canvas('2'), type: 'Canvas' }],
          },
        ],
      },
    ],
  ],
  [
    'sections that are part of one another are left out',
    objectOf([image('1')], {
      structure: [
        { label: { en: ['A'] }, images: ['1'], parent: 1 },
        { label: { en: ['B'] }, images: ['1'], parent: 0 },
      ],
    }),
    'structures',
    NONE,
  ],
  [
    'a section without an image that is shown is none',
    objectOf([image('1')], { structure: [{ label: { en: ['A'] }, images: ['gone'] }] }),
    'structures',
    NONE,
  ],
  ['a book is paged', objectOf([image('1')], { behavior: ['paged', 'sideways'] }), 'behavior', ['paged']],
  ['and read from right to left', objectOf([image('1')], { viewingDirection: 'right-to-left' }), 'viewingDirection', 'right-to-left'],
  ['in no direction that there is not', objectOf([image('1')], { viewingDirection: 'inwards' }), 'viewingDirection', NONE],
  ['it is opened where its record says', objectOf([image('1'), image('2')], { start: '2' }), 'start', { id: canvas('2'), type: 'Canvas' }],
  ['not at an image that it has not', objectOf([image('1')], { start: '9' }), 'start', NONE],
  [
    'annotations of others are named',
    objectOf([image('1', { annotations: ['https://m.example/notes'] })]),
    'items.0.annotations',
    [{ id: 'https://m.example/notes', type: 'AnnotationPage' }],
  ],
];

suite('a manifest of a museum object', () => {
  for (const [title, object, path, expected] of cases)
    test(title, () => {
      const { document } = manifestOf(object);
      assert.deepEqual(at(document, path), expected);
      assert.deepEqual(presentationFaults(document), []);
    });

  test('of everything that a museum object may say has no fault', async () => {
    const golden = JSON.parse(await readFile(new URL('../../../contracts/golden/object.harvested.json', import.meta.url), 'utf8'));
    assert.deepEqual(presentationFaults(manifestOf(golden.data.museumObject).document), []);
  });

  for (const state of ['rejected', 'withdrawn'] as const)
    test(`leaves a ${state} image out`, () => {
      const { document, images } = manifestOf(objectOf([image('1'), image('2')]), { 1: { state } });
      assert.equal(at(document, 'items.length'), 1);
      assert.deepEqual(images, ['o-2']);
      // The others keep the numbers that they have in the object.
      assert.deepEqual(at(document, 'items.0.label'), { none: ['2'] });
    });

  for (const [type, service] of [
    ['ImageService3', { id: 'https://m.example/iiif/x', type: 'ImageService3', profile: 'level1' }],
    ['ImageService2', { '@id': 'https://m.example/iiif/x', '@type': 'ImageService2', profile: 'http://iiif.io/api/image/2/level1.json' }],
    ['ImageService1', { '@id': 'https://m.example/iiif/x', '@type': 'ImageService1', profile: 'http://iiif.io/api/image/2/level1.json' }],
  ] as const)
    test(`points to somebody else’s ${type} as its version writes it`, () => {
      const { document } = manifestOf(objectOf([image('1')]), {
        1: { state: 'described', service: { id: 'https://m.example/iiif/x', type } },
      });
      assert.deepEqual(at(document, 'items.0.items.0.items.0.body.service'), [service]);
      assert.deepEqual(presentationFaults(document), []);
    });

  test('keeps the ids of its canvases when images are reordered, replaced, or join a view', () => {
    const ids = (order: readonly string[], version: string) => {
      const all = {
        a: image('a'),
        b: image('b'),
        ir: image('ir', { view: 'b' }),
        x: image('x', { view: 'b', region: { x: 0, y: 0, width: 9, height: 9 } }),
      };
      const images = order.flatMap((name) => Object.entries(all).flatMap(([known, one]) => (known === name ? [one] : [])));
      const { document } = manifestOf(objectOf(images), Object.fromEntries(order.map((name) => [name, { version }])));
      const items: unknown = document['items'];
      return Array.isArray(items) ? new Set(items.map((item: unknown) => at(item, 'id'))) : new Set();
    };
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['a', 'b', 'ir', 'x'], { minLength: 1 }),
        fc.constantFrom('aaaaaaaaaa', 'bbbbbbbbbb'),
        (order, version) => {
          const expected = new Set(
            order
              .map((name) => (name === 'a' ? canvas('a') : name === 'b' || order.includes('b') ? canvas('b') : undefined))
              .filter(Boolean),
          );
          if (order.includes('b') || !order.some((name) => name === 'ir' || name === 'x')) assert.deepEqual(ids(order, version), expected);
        },
      ),
    );
  });

  test('of ten thousand images in one view, and as many sections in one another, takes no time to speak of', () => {
    const images = Array.from({ length: 10_000 }, (_, n) => image(String(n), { view: 'all' }));
    const structure = Array.from({ length: 10_000 }, (_, n) => ({
      label: { en: ['S'] },
      images: ['1'],
      ...(n === 0 ? {} : { parent: n - 1 }),
    }));
    const began = performance.now();
    assert.equal(at(manifestOf(objectOf(images, { structure })).document, 'items.length'), 1);
    assert.ok(performance.now() - began < 10_000);
  });

  test('has the same bytes for the same object', () => {
    const object = objectOf([image('1'), image('2', { view: '1' })], { metadata: [{ label: { en: ['A'] }, value: { en: ['B'] } }] });
    assert.equal(JSON.stringify(manifestOf(object).document), JSON.stringify(manifestOf(structuredClone(object)).document));
  });
});
