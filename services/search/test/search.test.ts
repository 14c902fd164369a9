import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { thrownCode } from '@vitrine/platform/thrown-code.ts';
import fc from 'fast-check';
import { matchBoxes } from '../src/domain/match-boxes.ts';
import { pageTextFrom, storedPageText } from '../src/domain/page-text.ts';
import { parseAlto } from '../src/domain/parse-alto.ts';
import { searchPage } from '../src/domain/search-page.ts';
import { searchQuery } from '../src/domain/search-query.ts';

const alto = (body: string, page = 'WIDTH="200" HEIGHT="100"') =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><alto><Layout><Page ${page}><PrintSpace><TextBlock>${body}</TextBlock></PrintSpace></Page></Layout></alto>`,
  );
const word = (content: string, x: number, y = 10) => `<String CONTENT="${content}" HPOS="${x}" VPOS="${y}" WIDTH="20" HEIGHT="8"/>`;
const two = alto(`<TextLine>${word('Call', 0)}<SP/>${word('me', 30)}</TextLine><TextLine>${word('Ishmael.', 0, 30)}</TextLine>`);

suite('ALTO', () => {
  test('gives text in lines, and each word its place', () => {
    const page = parseAlto(two);
    assert.equal(page.text, 'Call me\nIshmael.');
    assert.deepEqual(
      page.words.map(({ start, end, line }) => [page.text.slice(start, end), line]),
      [
        ['Call', 0],
        ['me', 0],
        ['Ishmael.', 1],
      ],
    );
    assert.deepEqual([page.width, page.height], [200, 100]);
  });

  test('is read whatever its prefix', () =>
    assert.equal(
      parseAlto(
        Buffer.from(
          '<a:alto xmlns:a="x"><a:Page><a:TextLine><a:String CONTENT="x" HPOS="1" VPOS="1" WIDTH="1" HEIGHT="1"/></a:TextLine></a:Page></a:alto>',
        ),
      ).text,
      'x',
    ));
  test('is read in UTF-16', () =>
    assert.equal(
      parseAlto(
        Buffer.concat([
          Buffer.from([0xff, 0xfe]),
          Buffer.from('<alto><Page><TextLine><String CONTENT="é"/></TextLine></Page></alto>', 'utf16le'),
        ]),
      ).text,
      'é',
    ));
  test('keeps the marks of the index out of the text', () =>
    assert.equal(parseAlto(alto(`<TextLine>${word('a\u{e000}b\u{e001}', 0)}</TextLine>`)).text, 'ab'));
  test('the stored form comes back as it was', () => assert.deepEqual(pageTextFrom(storedPageText(parseAlto(two))), parseAlto(two)));

  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['text', Buffer.from('no XML here'), 'text-not-xml'],
    ['nothing', Buffer.alloc(0), 'text-not-xml'],
    ['a page that is cut', two.subarray(0, 150), 'text-not-xml'],
    ['another XML', Buffer.from('<html><body/></html>'), 'text-not-alto'],
    ['a DTD with entities of its own', Buffer.from('<!DOCTYPE alto [<!ENTITY a "aaaa">]><alto>&a;</alto>'), 'text-not-xml'],
    ['an undeclared entity', Buffer.from('<alto>&nbsp;</alto>'), 'text-not-xml'],
    ['nesting without end', Buffer.from('<alto>'.repeat(500)), 'text-not-xml'],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0xfe]), 'text-not-xml'],
  ];
  for (const [title, bytes, code] of refused)
    test(`refuses ${title}`, () =>
      assert.equal(
        thrownCode(() => parseAlto(bytes)),
        code,
      ));

  test('any bytes are read or refused with a code', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: two.length }), (noise, at) => {
        const code = thrownCode(() => parseAlto(Buffer.concat([two.subarray(0, at), noise, two.subarray(at)])));
        assert.match(code, /^(text-not-xml|text-not-alto|no error)$/);
      }),
    ));
});

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
  const page = parseAlto(two);
  const canvas = { width: 400, height: 200 };
  test('neighbours on a line are one box, scaled to the canvas', () =>
    assert.deepEqual(
      matchBoxes(page, { start: 0, end: 7 }, canvas).map(({ box }) => box),
      [{ x: 0, y: 20, width: 100, height: 16 }],
    ));
  test('a match over two lines has two', () =>
    assert.deepEqual(
      matchBoxes(page, { start: 5, end: 16 }, canvas).map(({ box, line }) => [line, box.x, box.y]),
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
          const odd = parseAlto(
            alto(`<TextLine><String CONTENT="x" HPOS="${at}" VPOS="${at}" WIDTH="${size}" HEIGHT="${size}"/></TextLine>`),
          );
          for (const { box } of matchBoxes(odd, { start: 0, end: 1 }, canvas)) {
            assert.ok(
              box.x >= 0 && box.y >= 0 && box.width >= 1 && box.height >= 1 && box.x + box.width <= 400 && box.y + box.height <= 200,
            );
          }
        },
      ),
    ));
});

suite('Content Search 2.0', () => {
  const input = {
    publicUrl: 'https://iiif.example',
    object: 'o',
    id: 'https://iiif.example/s?q=me',
    first: 'https://iiif.example/s?q=me',
    next: undefined,
    ignored: [],
    matches: [{ image: 'i', shownOn: 'i', page: parseAlto(two), spans: [{ start: 5, end: 16 }], canvas: { width: 200, height: 100 } }],
  };
  test('a match over two lines is two annotations and one context with an array of targets', () => {
    const { items, annotations } = searchPage(input);
    assert.deepEqual(
      items.map(({ target, body }) => [target.split('#')[1], body.value]),
      [
        ['xywh=30,10,20,8', 'me'],
        ['xywh=0,30,20,8', 'Ishmael.'],
      ],
    );
    const [context] = annotations?.[0]?.items ?? [];
    assert.ok(Array.isArray(context?.target));
    assert.deepEqual(context.target[0]?.selector[0], { type: 'TextQuoteSelector', prefix: 'Call ', exact: 'me Ishmael.', suffix: '' });
  });
  test('what was ignored is named, and a further page is an object', () => {
    const page = searchPage({ ...input, ignored: ['user'], next: 'https://iiif.example/s?q=me&after=3' });
    assert.deepEqual(page.ignored, ['user']);
    assert.deepEqual(page.next, { id: 'https://iiif.example/s?q=me&after=3', type: 'AnnotationPage' });
    assert.equal(page.partOf?.type, 'AnnotationCollection');
  });
});

const fixtures = sharedFixtures(process.env);
suite('ALTO of the shared fixtures', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  const folders = ['alto', 'hocr', 'page', 'txt', 'vtt', 'miniocr'];
  for (const folder of folders) {
    for (const file of fixtures === undefined ? [] : await readdir(join(fixtures, 'ocr', folder))) {
      test(`${folder}/${file}`, async () => {
        const bytes = await readFile(join(fixtures ?? '', 'ocr', folder, file));
        const code = thrownCode(() => parseAlto(bytes));
        if (folder !== 'alto') return assert.match(code, /^text-not-(xml|alto)$/);
        assert.equal(code, 'no error');
        const page = parseAlto(bytes);
        assert.equal(page.text.length > 0, /CONTENT=["'][^"']/.test(String(bytes)), 'there is text where the file has words');
        for (const { start, end } of page.words) assert.doesNotMatch(page.text.slice(start, end), /\n/);
      });
    }
  }
});
