import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { thrownCode } from '@vitrine/platform/thrown-code.ts';
import fc from 'fast-check';
import { hitOf, type MatchPiece } from '../src/domain/content-search/hits.ts';
import type { ResultPage } from '../src/domain/content-search/result-page.ts';
import { searchPage1 } from '../src/domain/content-search/search-1.ts';
import { searchPage2 } from '../src/domain/content-search/search-2.ts';
import { searchQuery } from '../src/domain/content-search/search-query.ts';
import { matchPlaces } from '../src/domain/match-places.ts';
import { storedPage } from '../src/domain/page/word-table.ts';
import { readText } from '../src/domain/reading/read-text.ts';
import { alto, two } from './alto-page.ts';

suite('a query', () => {
  const table: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    [
      'white whale',
      [
        ['word', 'white'],
        ['word', 'whale'],
      ],
    ],
    [
      '"white whale" sea',
      [
        ['phrase', 'white whale'],
        ['word', 'sea'],
      ],
    ],
    ['“white whale”', [['phrase', 'white whale']]],
    ['"white whale', [['phrase', 'white whale']]],
    ['  ', []],
    ['- "…" !', []],
  ];
  for (const [q, expected] of table)
    test(JSON.stringify(q), () =>
      assert.deepEqual(
        searchQuery(q).map(({ kind, text }) => [kind, text]),
        expected,
      ),
    );
  test('too long is refused', () =>
    assert.equal(
      thrownCode(() => searchQuery('x'.repeat(501))),
      'search-query-too-long',
    ));
  test('too many words are refused', () =>
    assert.equal(
      thrownCode(() => searchQuery('a '.repeat(21))),
      'search-query-too-long',
    ));
});

suite('boxes', () => {
  const page = readText(two);
  const canvas = { width: 400, height: 200 };
  test('neighbours on a line are one box, scaled to the canvas', () =>
    assert.deepEqual(
      matchPlaces(storedPage(page), { start: 0, end: 7 }, canvas).map(({ box }) => box),
      [{ x: 0, y: 20, width: 100, height: 16 }],
    ));
  test('a match over two lines has two', () =>
    assert.deepEqual(
      matchPlaces(storedPage(page), { start: 5, end: 16 }, canvas).map(({ box, line }) => [line, box?.x, box?.y]),
      [
        [0, 60, 20],
        [1, 0, 60],
      ],
    ));
  test('every box lies on its canvas', () =>
    fc.assert(
      fc.property(
        fc.float({ noNaN: true, min: -500, max: 900 }),
        fc.float({ noNaN: true, min: Math.fround(0.1), max: 900 }),
        (at, size) => {
          const odd = readText(
            alto(`<TextLine><String CONTENT="x" HPOS="${at}" VPOS="${at}" WIDTH="${size}" HEIGHT="${size}"/></TextLine>`),
          );
          for (const { box } of matchPlaces(storedPage(odd), { start: 0, end: 1 }, canvas)) {
            assert.ok(box);
            assert.ok(
              box.x >= 0 && box.y >= 0 && box.width >= 1 && box.height >= 1 && box.x + box.width <= 400 && box.y + box.height <= 200,
            );
          }
        },
      ),
    ));
});

suite('Content Search', () => {
  const address = 'https://iiif.example/s?q=me';
  const piece: MatchPiece = {
    image: 'i',
    shownOn: 'i',
    page: storedPage(readText(two)),
    span: { start: 5, end: 16 },
    canvas: { width: 200, height: 100 },
  };
  const input: ResultPage = {
    id: address,
    first: address,
    last: address,
    previous: undefined,
    next: undefined,
    total: { lines: 2, hits: 1 },
    before: { lines: 0, hits: 0 },
    ignored: [],
    hits: [hitOf('https://iiif.example', 'o', [piece])],
    suggestions: [],
  };

  test('2.0: a match over two lines is two annotations and one context with an array of targets', () => {
    const { items, annotations } = searchPage2(input);
    assert.deepEqual(
      items.map(({ target, body }) => [String(target).split('#')[1], body.value]),
      [
        ['xywh=30,10,20,8', 'me'],
        ['xywh=0,30,20,8', 'Ishmael.'],
      ],
    );
    const [context] = annotations?.[0]?.items ?? [];
    assert.ok(Array.isArray(context?.target));
    assert.deepEqual(context.target[0]?.selector[0], { type: 'TextQuoteSelector', prefix: 'Call ', exact: 'me Ishmael.', suffix: '' });
  });
  test('2.0: what was ignored is named, and a further page is an object', () => {
    const page = searchPage2({ ...input, ignored: ['user'], next: 'https://iiif.example/s?q=me&page=2' });
    assert.deepEqual(page.ignored, ['user']);
    assert.deepEqual(page.next, { id: 'https://iiif.example/s?q=me&page=2', type: 'AnnotationPage' });
    assert.deepEqual([page.partOf.type, page.partOf.total, page.startIndex], ['AnnotationCollection', 2, 0]);
    const [context] = page.annotations ?? [];
    assert.deepEqual(
      [context?.partOf.total, context?.next?.id],
      [1, 'https://iiif.example/s?q=me&page=2#context'],
      'matches are counted apart',
    );
  });
  test('1.0: a resource a line, and one hit with the words around it that names them', () => {
    const { '@context': contexts, within, resources, hits } = searchPage1(input);
    assert.equal(contexts[1], 'http://iiif.io/api/search/1/context.json');
    assert.deepEqual(
      resources.map(({ on, resource }) => [on, resource.chars]),
      [
        ['https://iiif.example/iiif/presentation/canvas/o/i#xywh=30,10,20,8', 'me'],
        ['https://iiif.example/iiif/presentation/canvas/o/i#xywh=0,30,20,8', 'Ishmael.'],
      ],
    );
    assert.deepEqual(
      hits?.map(({ annotations, before, match: words, after }) => [annotations, before, words, after]),
      [[resources.map((resource) => resource['@id']), 'Call ', 'me Ishmael.', '']],
    );
    assert.equal(within.total, 1, 'viewers subtract the hits that they show');
  });
  test('1.0: of several pages the next is an address, and nothing that can’t be counted is', () => {
    const page = searchPage1({ ...input, total: undefined, next: 'https://iiif.example/s?q=me&page=2', ignored: ['date'] });
    assert.equal(page.next, 'https://iiif.example/s?q=me&page=2');
    assert.deepEqual([page.within.total, page.within.ignored], [undefined, ['date']]);
  });
  test('1.0: without a hit there is an empty list, and only the context of Presentation', () => {
    const page = searchPage1({ ...input, hits: [] });
    assert.deepEqual([page['@context'], page.resources, page.hits], ['http://iiif.io/api/presentation/2/context.json', [], undefined]);
  });
  test('a word without a place is on the whole canvas, one of a recording at its time', () => {
    const target = (text: string) =>
      hitOf('https://iiif.example', 'o', [{ ...piece, page: storedPage(readText(Buffer.from(text))), span: { start: 0, end: 4 } }]).lines[0]
        ?.fragment;
    assert.match(String(target('Call me')), /^xywh=0,0,200,100$/);
    assert.match(String(target('WEBVTT\n\n00:01.500 --> 00:02.000\nCall me')), /^t=1\.5,2$/);
  });
});
