import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import fc from 'fast-check';
import { fold } from '../src/domain/analysis/fold.ts';
import { termsOf } from '../src/domain/analysis/terms.ts';
import { unitsOf } from '../src/domain/analysis/units.ts';
import { hitOf } from '../src/domain/content-search/hits.ts';
import { searchQuery } from '../src/domain/content-search/search-query.ts';
import { matchPlaces } from '../src/domain/match-places.ts';
import { complete, mostFrequent } from '../src/domain/object-index/complete.ts';
import { editDistance } from '../src/domain/object-index/edit-distance.ts';
import { findRanges } from '../src/domain/object-index/find-ranges.ts';
import { IndexBuilder } from '../src/domain/object-index/index-builder.ts';
import { ObjectIndex } from '../src/domain/object-index/object-index.ts';
import { suggestWords } from '../src/domain/object-index/suggest-words.ts';
import type { PageText } from '../src/domain/page/page-text.ts';
import { storedPage, WordTable } from '../src/domain/page/word-table.ts';
import { readText } from '../src/domain/reading/read-text.ts';
import { alto, word } from './alto-page.ts';
import { fixturePlaces } from './fixture-places.ts';

const everywhere = () => true;
const plain = (text: string): PageText => readText(Buffer.from(text));

function indexOf(pages: readonly PageText[], language?: string): ObjectIndex {
  const builder = new IndexBuilder();
  for (const [number, page] of pages.entries())
    builder.add({ image: `i${number}`, canvas: `i${number}`, page: `p${number}` }, storedPage(page), language);
  return new ObjectIndex(builder.build());
}

/** The pieces of each match, as they are written on their pages. */
function found(
  pages: readonly PageText[],
  q: string,
  { language, isSearched = everywhere }: { language?: string; isSearched?: (page: number) => boolean } = {},
) {
  const index = indexOf(pages, language);
  return [...findRanges(index, searchQuery(q), isSearched)].map((range) =>
    pages.flatMap(({ text }, page) => {
      const span = index.spanOn(page, range);
      return span ? [text.slice(span.start, span.end).replaceAll('\n', ' ')] : [];
    }),
  );
}

suite('words as they are compared', () => {
  const table: readonly (readonly [string, readonly string[]])[] = [
    ['Das Café, 1893', ['das', 'cafe', '1893']],
    ['ﬁne ﬂoor', ['fine', 'floor']],
    ['Straße', ['strasse']],
    ['İstanbul ısı', ['istanbul', 'isi']],
    ['Œuvre', ['oeuvre']],
    ['Ἀχιλῆος', ['αχιληοσ']],
    ['الكِتَابُ', ['الكتاب']],
    ['مدرسة', ['مدرسه']],
    ['שָׁלוֹם', ['שלום']],
    ['٤٢', ['42']],
    ['東京都', ['東京', '京都', '都']],
    ['東京 都 and more', ['東京', '京都', '都', 'and', 'more']],
    ['한국 사람', ['한국', '국', '사람', '람']],
    ['กรุงเทพ', termsOf('กรุงเทพ').map(({ term }) => term)],
    ['जल पानी', ['जल', 'पानी']],
    ['co\u00adoperate', ['cooperate']],
    ['— … !', []],
  ];
  for (const [text, expected] of table)
    test(JSON.stringify(text), () =>
      assert.deepEqual(
        termsOf(text).map(({ term }) => term),
        expected,
      ),
    );
  test('what is folded stays as it is when it is folded again', () =>
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => assert.equal(fold(fold(text)), fold(text)))));
  test('units are in order, within the text, and hold no spaces', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        let reached = 0;
        for (const { start, end } of unitsOf(text)) {
          assert.ok(start >= reached && end > start && end <= text.length);
          assert.doesNotMatch(text.slice(start, end), /\s/);
          reached = end;
        }
      }),
    ));
});

suite('a search in an object', () => {
  const book = [
    plain('Call me Ishmael. Some years\nago, never mind how long'),
    plain('precisely, having little\n\nor no money in my purse'),
  ];
  const table: readonly (readonly [string, readonly PageText[], string, readonly (readonly string[])[], { language?: string }?])[] = [
    ['a word', book, 'ishmael', [['Ishmael']]],
    ['a phrase over the end of a line', book, '"years ago"', [['years ago']]],
    ['a phrase over the end of a page', book, '"how long precisely having"', [['how long', 'precisely, having']]],
    ['words that no page has both of', book, 'ishmael money', []],
    ['words of one page', book, 'little purse', [['little'], ['purse']]],
    ['a word that is nowhere', book, 'ishmael whale', []],
    ['accents that were not typed', [plain('Le café où naît')], 'cafe ou nait', [['café'], ['où'], ['naît']]],
    ['accents that were typed', [plain('Le cafe est la')], 'café', [['cafe']]],
    ['ligatures', [plain('the ﬁnest ﬂour')], '"finest flour"', [['ﬁnest ﬂour']]],
    ['Arabic without its vowels', [plain('هذا الكِتَابُ قديم')], '"الكتاب قديم"', [['الكِتَابُ قديم']]],
    ['Japanese within a longer word', [plain('東京都庁舎')], '京都', [['京都']]],
    ['Japanese over the end of a line', [plain('東京\n都庁舎')], '"京都庁"', [['京 都庁']]],
    ['a single character', [plain('東京都庁舎 都')], '都', [['都'], ['都']]],
    ['Thai', [plain('ยินดีต้อนรับสู่กรุงเทพมหานคร')], 'กรุงเทพ', [['กรุงเทพ']]],
    [
      'other forms of a word',
      [plain('the whales and a whale were whaling')],
      'whale',
      [['whales'], ['whale'], ['whaling']],
      { language: 'en' },
    ],
    [
      'other forms, in German',
      [plain('Die Häuser, des Hauses, das Haus')],
      'haus',
      [['Häuser'], ['Hauses'], ['Haus']],
      { language: 'de-DE' },
    ],
    ['a quoted word in no other form', [plain('the whales and a whale')], '"whale"', [['whale']], { language: 'en' }],
    ['a match within another only once', [plain('the white whale')], '"white whale" whale', [['white whale']]],
    ['a word with an apostrophe', [plain("l'homme d'État")], "l'homme", [["l'homme"]]],
    ['what is typed like syntax', [plain('a b* (c) OR')], 'b* OR', [['b'], ['OR']]],
  ];
  for (const [name, pages, q, expected, options] of table) test(name, () => assert.deepEqual(found(pages, q, options), expected));

  test('a hyphenated word is found whole, with a box on both lines', () => {
    const page = readText(
      alto(`<TextLine>${word('the', 0)}${word('wha-', 30)}</TextLine><TextLine>${word('ling', 0, 30)}${word('ship', 30, 30)}</TextLine>`),
    );
    const index = indexOf([page]);
    const [range] = findRanges(index, searchQuery('whaling'), everywhere);
    assert.ok(range);
    const span = index.spanOn(0, range);
    assert.ok(span);
    assert.deepEqual(
      matchPlaces(storedPage(page), span, { width: 200, height: 100 }).map(({ box }) => [box?.x, box?.y]),
      [
        [30, 10],
        [0, 30],
      ],
    );
    assert.equal(index.linesOf(findRanges(index, searchQuery('whaling'), everywhere), everywhere), 2);
  });
  test('another reading of a word is found where the word is', () => {
    const page = readText(
      alto('<TextLine><String CONTENT="rnore" HPOS="0" VPOS="0" WIDTH="9" HEIGHT="9"><ALTERNATIVE>more</ALTERNATIVE></String></TextLine>'),
    );
    assert.deepEqual([found([page], 'more'), found([page], 'rnore')], [[['rnore']], [['rnore']]]);
    assert.deepEqual(indexOf([page]).sequence(), { terms: ['rnore'], others: ['more'] });
  });
  test('pages that are not shown are not searched, but a phrase goes on from them', () => {
    assert.deepEqual(found(book, 'money', { isSearched: (page) => page === 0 }), []);
    assert.deepEqual(found(book, '"long precisely"', { isSearched: (page) => page === 1 }), [['long', 'precisely']]);
  });
  test('an index of nothing finds nothing', () => assert.deepEqual(found([plain('')], 'a'), []));
});

suite('completions', () => {
  const pages = [plain('The white whale, the whiting\nand the whales'), plain('the whale of 東京都 and 東京湾')];
  const index = indexOf(pages);
  const all = (q: string, least = 1, most = 50) =>
    mostFrequent(complete(index, q, everywhere), least, most).map(({ value, total }) => [value, total]);
  test('words that begin so, as they are written, in the order of the alphabet', () =>
    assert.deepEqual(all('WH'), [
      ['whale', 2],
      ['whales', 1],
      ['white', 1],
      ['whiting', 1],
    ]));
  test('the last of several words', () =>
    assert.deepEqual(all('the whi'), [
      ['the white', 1],
      ['the whiting', 1],
    ]));
  test('no fewer than are asked for, and the most frequent', () => {
    assert.deepEqual(all('wh', 2), [['whale', 2]]);
    assert.deepEqual(all('w', 1, 1), [['whale', 2]]);
  });
  test('writing without spaces, character by character', () => {
    assert.deepEqual(all('東'), [['東京', 2]]);
    assert.deepEqual(all('東京'), [
      ['東京湾', 1],
      ['東京都', 1],
    ]);
  });
  test('nothing of nothing', () => assert.deepEqual([all(''), all('  "'), all('xyz')], [[], [], []]));
  test('what is not shown is not counted', () => assert.deepEqual([...complete(index, 'whale', (page) => page === 1)], [['whale', 1]]));
});

suite('suggestions', () => {
  const index = indexOf([plain('Moby Dick, Moby Dick! Queequeg and Queequeg; Ishmael')]);
  for (const [typed, expected] of [
    ['mboy', ['Moby']],
    ['quequeg', ['Queequeg']],
    ['Queeqeug', ['Queequeg']],
    ['ishmal', []],
    ['moby', []],
    ['dik', []],
    ['東京', []],
  ] as const)
    test(`${typed} was ${expected.length > 0 ? expected.join() : 'nothing else'}`, () =>
      assert.deepEqual(suggestWords(index, typed, 3), expected));
  test('the distance between words is the same both ways, and nothing between equal ones', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 }),
        fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 }),
        (a, b) => {
          assert.equal(editDistance(a, b, 6), editDistance(b, a, 6));
          assert.equal(editDistance(a, b, 6) === 0, a === b);
          assert.equal(editDistance(a, b, 1), Math.min(2, editDistance(a, b, 6)), 'a bound changes nothing below it');
        },
      ),
    ));
});

/** Pages of a few words that come again and again, in writing of all kinds, on lines and in blocks, some broken at their end. */
const somePages = fc
  .array(
    fc.array(
      fc.tuple(
        fc.constantFrom('the', 'Whale', 'wh\u00ad', 'été', '東京', '都', "d'or", '12', '—', 'ship'),
        fc.constantFrom(' ', ' ', '\n', '\n\n'),
      ),
      { maxLength: 30 },
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((pages) => pages.map((parts) => plain(parts.flat().join(''))));
const someQuery = fc
  .array(
    fc.constantFrom('the', 'whale', '"the whale"', 'ete', '東京', '京都', '都', '"d or"', 'or', '12', '"12 ship"', 'ship', '"ship the"'),
    { minLength: 1, maxLength: 3 },
  )
  .map((parts) => parts.join(' '));
const canvas = { width: 100, height: 100 };

suite('whatever is on the pages', () => {
  test('the terms of an index are those of its texts, in their order', () =>
    fc.assert(
      fc.property(
        fc
          .constantFrom(' ', '\n')
          .chain((space) => fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }).map((words) => words.join(space))),
        (text) => {
          const page = plain(text);
          assert.deepEqual(
            indexOf([page]).sequence().terms,
            termsOf(page.text).map(({ term }) => term),
          );
        },
      ),
    ));
  test('as many lines are counted as are shown, each with an id of its own; the words around a match and the match are the text', () =>
    fc.assert(
      fc.property(somePages, someQuery, fc.nat(), (pages, q, hidden) => {
        const index = indexOf(pages);
        const isShown = (page: number) => page !== hidden % (pages.length + 1);
        const ids = new Set<string>();
        let lines = 0;
        const ranges = findRanges(index, searchQuery(q), isShown);
        for (const range of ranges) {
          const pieces = pages.flatMap((page, number) => {
            const span = isShown(number) ? index.spanOn(number, range) : undefined;
            const stored = storedPage(page);
            return span ? [{ image: `i${number}`, shownOn: `i${number}`, page: stored, span, canvas }] : [];
          });
          const hit = hitOf('https://iiif.example', 'o', pieces);
          for (const { id } of hit.lines) ids.add(id);
          lines += hit.lines.length;
          const [only, more] = pieces;
          if (only && !more) assert.ok(only.page.text.replace(/\n+/g, ' ').includes(hit.prefix + hit.exact + hit.suffix));
        }
        assert.deepEqual([ids.size, index.linesOf(ranges, isShown)], [lines, lines]);
      }),
    ));
  test('a completion is found as often as it says', () =>
    fc.assert(
      fc.property(
        somePages,
        fc.constantFrom('t', 'wh', 'the ', 'the wh', '東', '東京', 'd', 'e', '1', 'ship t', '"the wh', 'the “wh'),
        (pages, begun) => {
          const index = indexOf(pages);
          for (const [value, total] of complete(index, begun, everywhere))
            assert.equal(findRanges(index, searchQuery(`"${value}"`), everywhere).length, total, value);
        },
      ),
    ));
  test('words in columns are the words', () =>
    fc.assert(
      fc.property(somePages, (pages) => {
        for (const { words } of pages) {
          const table = WordTable.of(words);
          assert.deepEqual(
            Array.from({ length: table.length }, (_, place) => table.at(place)),
            [...words],
          );
          assert.deepEqual([table.at(-1), table.at(words.length)], [undefined, undefined]);
        }
      }),
    ));
});

const fixtures = sharedFixtures(process.env);

suite('searches of the shared fixtures', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  const pageOf = async (file: string) => readText(await readFile(join(fixtures ?? '', 'ocr', file)));
  for (const [file, words, expected] of fixturePlaces)
    test(`${file}: “${words}” is found there`, async () => {
      const page = await pageOf(file);
      const index = indexOf([page]);
      const size = { width: page.width ?? 10_000, height: page.height ?? 10_000 };
      const matches = [...findRanges(index, searchQuery(`"${words}"`), everywhere)].map((range) => {
        const span = index.spanOn(0, range) ?? { start: 0, end: 0 };
        return matchPlaces(storedPage(page), span, size).map(({ box, time }) =>
          box ? [box.x, box.y, box.width, box.height] : [time?.from, time?.to],
        );
      });
      assert.deepEqual(matches[0], expected);
    });
  for (const folder of ['alto', 'hocr', 'page', 'txt', 'vtt'])
    for (const name of fixtures === undefined ? [] : await readdir(join(fixtures, 'ocr', folder)))
      test(`${folder}/${name}: each of its words and what follows it is found where it stands`, async () => {
        const page = await pageOf(`${folder}/${name}`);
        const index = indexOf([page]);
        const units = [...unitsOf(page.text)];
        assert.equal(index.units, units.length);
        const step = Math.max(1, Math.floor(units.length / 40));
        for (let at = 0; at + 2 < units.length; at += step) {
          const [start, end] = [units[at]?.start ?? 0, units[at + 2]?.end ?? 0];
          const phrase = page.text.slice(start, end).replace(/["“”„«»]/g, ' ');
          const spans = [...findRanges(index, searchQuery(`"${phrase}"`), everywhere)].map((range) => index.spanOn(0, range));
          assert.ok(
            spans.some((span) => span?.start === start && span.end === end),
            phrase,
          );
        }
      });
});
