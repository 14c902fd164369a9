import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { asPresentation3 } from '../src/iiif/as-presentation-3.ts';
import { valueAt } from './value-at.ts';

const canvas = (n: number, more: object = {}) => ({
  '@id': `https://m.example/c${n}`,
  '@type': 'sc:Canvas',
  label: String(n),
  width: 10,
  height: 10,
  images: [
    {
      '@id': `https://m.example/a${n}`,
      '@type': 'oa:Annotation',
      motivation: 'sc:painting',
      resource: { '@id': `https://m.example/${n}.jpg`, '@type': 'dctypes:Image' },
      on: `https://m.example/c${n}`,
    },
  ],
  ...more,
});
const manifest = (more: object = {}, sequence: object = {}, ...further: object[]) => ({
  '@context': 'http://iiif.io/api/presentation/2/context.json',
  '@id': 'https://m.example/manifest',
  '@type': 'sc:Manifest',
  label: 'A',
  sequences: [{ '@type': 'sc:Sequence', label: 'Normal', canvases: [canvas(1), canvas(2)], ...sequence }, ...further],
  ...more,
});
const range = (id: string, more: object) => ({ '@id': `https://m.example/${id}`, '@type': 'sc:Range', label: id, ...more });

/** A manifest of version 2, and what it is as version 3. */
const cases: readonly (readonly [string, object, string, unknown])[] = [
  ['a label in two languages', manifest({ label: [{ '@value': 'A', '@language': 'en' }, 'B'] }), 'label', { en: ['A'], none: ['B'] }],
  ['a description is a summary', manifest({ description: '<p>A <b>book</b></p>' }), 'summary', { none: ['<p>A <b>book</b></p>'] }],
  [
    'an attribution is required',
    manifest({ attribution: 'Gift' }),
    'requiredStatement',
    { label: { en: ['Attribution'] }, value: { none: ['Gift'] } },
  ],
  [
    'a licence',
    manifest({ license: 'https://creativecommons.org/licenses/by/4.0/' }),
    'rights',
    'http://creativecommons.org/licenses/by/4.0/',
  ],
  [
    'another licence in words',
    manifest({ license: 'https://m.example/terms' }),
    'metadata.0',
    { label: { en: ['License'] }, value: { none: ['https://m.example/terms'] } },
  ],
  [
    'a related page',
    manifest({ related: { '@id': 'https://m.example/1', format: 'text/html', label: 'Page' } }),
    'homepage.0',
    { id: 'https://m.example/1', type: 'Text', label: { none: ['Page'] }, format: 'text/html' },
  ],
  ['a logo is an organisation’s', manifest({ logo: 'https://m.example/logo.png' }), 'provider.0.logo.0.id', 'https://m.example/logo.png'],
  ['a hint is a behavior', manifest({ viewingHint: 'paged' }), 'behavior', ['paged']],
  ['a hint that there is not is none', manifest({ viewingHint: 'https://m.example/hint' }), 'behavior', undefined],
  ['a year is a date', manifest({ navDate: '1856' }), 'navDate', '1856-01-01T00:00:00Z'],
  ['a zone that there is not is no date', manifest({ navDate: '1999-01-01T00:00:00+99:99' }), 'navDate', undefined],
  ['a thumbnail that nobody could fetch is none', manifest({ thumbnail: '/thumb.jpg' }), 'thumbnail', undefined],
  [
    'a pair without a label keeps its words',
    manifest({ metadata: [{ label: '', value: 'Words' }] }),
    'metadata.0',
    { label: { en: ['Note'] }, value: { none: ['Words'] } },
  ],
  ['a value that is true or false', manifest({ metadata: [{ label: 'Text', value: false }] }), 'metadata.0.value', { none: ['false'] }],
  [
    'the sequence’s metadata beside the manifest’s',
    manifest({ metadata: [{ label: 'A', value: '1' }] }, { metadata: [{ label: 'B', value: '2' }] }),
    'metadata.length',
    2,
  ],
  [
    'the sequence’s description beside the manifest’s',
    manifest({ description: 'M' }, { description: 'S' }),
    'metadata.0',
    { label: { en: ['Description'] }, value: { none: ['S'] } },
  ],
  ['the sequence’s direction', manifest({}, { viewingDirection: 'right-to-left' }), 'viewingDirection', 'right-to-left'],
  [
    'a canvas of another order only is there too',
    manifest({}, {}, { '@id': 'https://m.example/s2', '@type': 'sc:Sequence', label: 'Other', canvases: [canvas(3)] }),
    'items.length',
    3,
  ],
  [
    'another order is a range',
    manifest({}, {}, { '@id': 'https://m.example/s2', '@type': 'sc:Sequence', label: 'Other', canvases: [canvas(3)] }),
    'structures.0.behavior',
    ['sequence'],
  ],
  [
    'ranges that name one another hold one another',
    manifest({ structures: [range('top', { ranges: ['https://m.example/r1'] }), range('r1', { canvases: ['https://m.example/c1'] })] }),
    'structures.0.items.0.items.0',
    { id: 'https://m.example/c1', type: 'Canvas' },
  ],
  [
    'a range that is written into another is not lost',
    manifest({ structures: [range('top', { ranges: [range('r1', { canvases: ['https://m.example/c1'] })] })] }),
    'structures.0.items.0.label',
    { none: ['r1'] },
  ],
  [
    'a range with two parents is in the one and named in the other',
    manifest({
      structures: [
        range('a', { ranges: ['https://m.example/r'] }),
        range('b', { ranges: ['https://m.example/r'] }),
        range('r', { canvases: ['https://m.example/c1'] }),
      ],
    }),
    'structures.1.items',
    [{ id: 'https://m.example/r', type: 'Range' }],
  ],
  [
    'ranges in a ring are there all the same',
    manifest({
      structures: [
        range('a', { ranges: ['https://m.example/b'], canvases: ['https://m.example/c1'] }),
        range('b', { ranges: ['https://m.example/a'] }),
      ],
    }),
    'structures.0.label',
    { none: ['a'] },
  ],
  [
    'a list of annotations',
    manifest({}, { canvases: [canvas(1, { otherContent: ['https://m.example/list'] })] }),
    'items.0.annotations',
    [{ id: 'https://m.example/list', type: 'AnnotationPage' }],
  ],
];

suite('Presentation 2 as 3', () => {
  for (const [title, document, path, expected] of cases)
    test(title, () => assert.deepEqual(valueAt(asPresentation3({ ...document }), path), expected));

  test('ranges nested thousands deep break no stack', () => {
    const structures = Array.from({ length: 5000 }, (_, n) =>
      range(`r${n}`, n === 4999 ? { canvases: ['https://m.example/c1'] } : { ranges: [`https://m.example/r${n + 1}`] }),
    );
    assert.ok(Array.isArray(asPresentation3(manifest({ structures }))['structures']));
  });
});

const v3 = (more: object) => ({
  '@context': 'http://iiif.io/api/presentation/3/context.json',
  id: 'https://m.example/manifest',
  type: 'Manifest',
  label: { en: ['A'] },
  items: [{ id: 'https://m.example/c', type: 'Canvas', width: 1, height: 1, items: [], ...more }],
});

suite('Presentation 3, put right', () => {
  test('a script in an annotation of HTML is taken out', () => {
    const body = { type: 'TextualBody', format: 'text/html', value: '<p>A <script>x()</script><img src=x onerror=y()></p>' };
    const annotations = [
      {
        id: 'https://m.example/p',
        type: 'AnnotationPage',
        items: [{ id: 'https://m.example/a', type: 'Annotation', motivation: 'commenting', body, target: 'https://m.example/c' }],
      },
    ];
    assert.equal(valueAt(asPresentation3(v3({ annotations })), 'items.0.annotations.0.items.0.body.value'), '<p>A <img></p>');
  });
  test('names that objects have by themselves are names', () => {
    const tidy = asPresentation3(v3(JSON.parse('{"__proto__":{"id":"x"},"valueOf":1,"label":{"constructor":["A"]}}')));
    assert.equal(valueAt(tidy, 'items.0.id'), 'https://m.example/c');
    assert.deepEqual(valueAt(tidy, 'items.0.label'), { none: ['A'] });
  });
});
