import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { mapTableObject } from '../src/table/map-table-object.ts';
import { valueAt } from './value-at.ts';

const object = (...rows: readonly Record<string, string>[]) => ({
  type: 'vitrine:TableObject',
  id: '1990.1',
  table: 'https://m.example/data/objects.csv',
  idColumn: 'Inventory number',
  rows,
});

/** A crosswalk that a curator can read: the rows of an object, and what becomes of them. */
const crosswalk: readonly (readonly [string, object, string, unknown])[] = [
  ['the title', object({ Title: 'Vase' }), 'label', { none: ['Vase'] }],
  ['without a title its id', object({ Height: '3' }), 'label', { none: ['1990.1'] }],
  ['a title in two languages', object({ 'Title@nl': 'Vaas', 'title@ger': 'Vase' }), 'label', { nl: ['Vaas'], de: ['Vase'] }],
  ['markup in a title is text', object({ Title: '<b>Vase</b>' }), 'label', { none: ['Vase'] }],
  ['the id first among the pairs', object({ Height: '3' }), 'metadata.0', { label: { en: ['Identifier'] }, value: { none: ['1990.1'] } }],
  [
    'what no column is known for, as it is',
    object({ 'Maße, gesamt': '3 cm' }),
    'metadata.1',
    { label: { none: ['Maße, gesamt'] }, value: { none: ['3 cm'] } },
  ],
  ['several values of a cell', object({ Maker: 'A|B | C' }), 'metadata.1.value', { none: ['A', 'B', 'C'] }],
  [
    'a pair in two languages',
    object({ 'Material@en': 'oil', 'Material@fr': 'huile' }),
    'metadata.1',
    { label: { none: ['Material'] }, value: { en: ['oil'], fr: ['huile'] } },
  ],
  [
    'rights by their address',
    object({ Licence: 'https://creativecommons.org/publicdomain/zero/1.0/deed.de' }),
    'rights',
    'http://creativecommons.org/publicdomain/zero/1.0/',
  ],
  [
    'rights in words',
    object({ Rights: 'All rights reserved' }),
    'metadata.1',
    { label: { en: ['Rights'] }, value: { none: ['All rights reserved'] } },
  ],
  ['a credit line', object({ 'Credit line': 'Gift' }), 'requiredStatement.value', { none: ['Gift'] }],
  ['its page', object({ URL: 'https://m.example/1990.1' }), 'homepage.0.id', 'https://m.example/1990.1'],
  ['a script is no page', object({ URL: 'javascript:alert(1)' }), 'homepage', []],
  ['a file beside the table', object({ Image: 'pictures/1.tif' }), 'images.0.master.address', 'https://m.example/data/pictures/1.tif'],
  ['a file elsewhere', object({ Image: 'https://cdn.example/1.tif' }), 'images.0.master.address', 'https://cdn.example/1.tif'],
  ['no file of the server', object({ Image: 'file:///etc/passwd' }), 'images', []],
  [
    'an image service by its info.json',
    object({ 'IIIF URL': 'https://m.example/iiif/3/x/info.json' }),
    'images.0.service',
    { id: 'https://m.example/iiif/3/x', type: 'ImageService3' },
  ],
  [
    'an image service by a request to it',
    object({ 'IIIF URL': 'https://m.example/iiif/x/full/max/0/default.jpg' }),
    'images.0.service.id',
    'https://m.example/iiif/x',
  ],
  ['several files of a cell', object({ Image: '1.tif|2.tif' }), 'images.length', 2],
  ['a file a row, in their order', object({ Image: '2.tif', Order: '2' }, { Image: '1.tif', Order: '1' }), 'images.0.sourceId', '1.tif'],
  ['the label of an image', object({ Image: '1.tif', Caption: 'Front' }), 'images.0.label', { none: ['Front'] }],
  ['a second row says what the first does not', object({ Image: '1.tif' }, { Title: 'Vase' }), 'label', { none: ['Vase'] }],
];

suite('a table', () => {
  for (const [title, record, path, expected] of crosswalk)
    test(title, () => assert.deepEqual(valueAt(mapTableObject({ ...record }), path), expected));
});
