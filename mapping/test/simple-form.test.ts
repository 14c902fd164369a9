import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { fromSimpleForm } from '../src/own/simple-form.ts';
import { valueAt } from './value-at.ts';

/** What a source's own mapping gives beside a label, and what becomes of it. */
const crosswalk: readonly (readonly [string, object, string, unknown])[] = [
  ['a label', {}, 'label', { none: ['Vase'] }],
  ['texts by language', { label: { en: 'Vase', ger: ['Vase', 'Gefäß'] } }, 'label', { en: ['Vase'], de: ['Vase', 'Gefäß'] }],
  ['markup in a summary', { summary: '<p onclick="x()">A <b>vase</b></p>' }, 'summary', { none: ['<p>A <b>vase</b></p>'] }],
  [
    'metadata by name',
    { metadata: { Maker: 'A', Year: 1881 } },
    'metadata',
    [
      { label: { none: ['Maker'] }, value: { none: ['A'] } },
      { label: { none: ['Year'] }, value: { none: ['1881'] } },
    ],
  ],
  [
    'metadata as pairs',
    { metadata: [{ label: { en: 'Maker' }, value: ['A', 'B'] }] },
    'metadata',
    [{ label: { en: ['Maker'] }, value: { none: ['A', 'B'] } }],
  ],
  ['one pair alone', { metadata: { label: 'Maker', value: 'A' } }, 'metadata', [{ label: { none: ['Maker'] }, value: { none: ['A'] } }]],
  ['what says nothing is left out', { metadata: { Maker: '', Year: null } }, 'metadata', []],
  [
    'rights by their address',
    { rights: 'https://creativecommons.org/licenses/by/4.0/' },
    'rights',
    'http://creativecommons.org/licenses/by/4.0/',
  ],
  ['rights in words', { rights: 'Ask us' }, 'metadata.0', { label: { en: ['Rights'] }, value: { none: ['Ask us'] } }],
  ['an image by its address', { images: 'https://m.example/1.tif' }, 'images.0.master.address', 'https://m.example/1.tif'],
  [
    'images with more',
    { images: [{ id: 'a', address: 'https://m.example/1.tif', label: 'Front', role: 'recto' }] },
    'images.0',
    { sourceId: 'a', master: { address: 'https://m.example/1.tif' }, label: { none: ['Front'] }, role: 'recto', text: [], annotations: [] },
  ],
  ['an image service', { images: { service: 'https://m.example/iiif/2/x' } }, 'images.0.service.id', 'https://m.example/iiif/2/x'],
  ['what is no address', { images: ['1.tif', null, 3] }, 'images', []],
  ['a homepage', { homepage: 'https://m.example/1' }, 'homepage', [{ id: 'https://m.example/1', type: 'Text' }]],
  ['a script is no homepage', { homepage: 'javascript:alert(1)' }, 'homepage', []],
  ['a date in words', { date: 'about 1881' }, 'date', { display: { none: ['about 1881'] } }],
  [
    'a date',
    { date: { begin: 1881, end: '1882-03', display: '1881/82' } },
    'date',
    { display: { none: ['1881/82'] }, begin: '1881-01-01T00:00:00Z', end: '1882-03-01T00:00:00Z' },
  ],
  ['no date that there is not', { date: { begin: '-0500' } }, 'date', undefined],
  [
    'a place',
    { place: { label: 'Nantucket', longitude: '-70.1', latitude: 41.3 } },
    'place',
    [{ label: { none: ['Nantucket'] }, longitude: -70.1, latitude: 41.3 }],
  ],
  ['no place beyond the poles', { place: { label: 'X', longitude: 0, latitude: 91 } }, 'place', []],
  [
    'a set',
    { collections: { id: 'https://m.example/sets/1', label: 'Prints' } },
    'collections',
    [{ id: 'https://m.example/sets/1', label: { none: ['Prints'] } }],
  ],
  [
    'a structure',
    {
      structure: [
        { label: 'I', images: ['a'] },
        { label: 'I.1', images: 'b', parent: 0 },
      ],
    },
    'structure.1',
    { label: { none: ['I.1'] }, images: ['b'], parent: 0 },
  ],
];

suite('the simple form of a source’s own mapping', () => {
  for (const [title, given, path, expected] of crosswalk)
    test(title, () => assert.deepEqual(valueAt(fromSimpleForm({ label: 'Vase', ...given }), path), expected));
  for (const nothing of [undefined, null, []])
    test(`${JSON.stringify(nothing)} is no object`, () => assert.equal(fromSimpleForm(nothing), undefined));
  for (const wrong of ['Vase', 3, {}, { label: '' }, { label: [] }])
    test(`${JSON.stringify(wrong)} is refused`, () =>
      assert.throws(
        () => fromSimpleForm(wrong),
        (error) => error instanceof Problem && error.code === 'record-invalid',
      ));
});
