import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { pageFileParts } from '@vitrine/contracts/page-file.ts';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import { thrownCode } from '@vitrine/platform/thrown-code.ts';
import fc from 'fast-check';
import { matchPlaces } from '../src/domain/match-places.ts';
import { packPage, unpackPage } from '../src/domain/page/pack-page.ts';
import { PageBuilder } from '../src/domain/page/page-builder.ts';
import type { PageText } from '../src/domain/page/page-text.ts';
import { storedPage } from '../src/domain/page/word-table.ts';
import { languageTag } from '../src/domain/reading/language-tag.ts';
import { readText } from '../src/domain/reading/read-text.ts';
import { alto, two, word } from './alto-page.ts';
import { fixturePlaces } from './fixture-places.ts';

const read = (source: string) => readText(Buffer.from(source));
const hocr = (body: string) => `<html><body><div class="ocr_page" title="bbox 0 0 200 100">${body}</div></body></html>`;

/** A text with what it becomes, and its words where it matters that they are more or fewer than those between spaces. */
const texts: readonly (readonly [title: string, source: string, text: string])[] = [
  ['ALTO in lines', two.toString(), 'Call me\nIshmael.'],
  [
    'ALTO whatever its prefix',
    '<a:alto xmlns:a="x"><a:Page><a:TextLine><a:String CONTENT="x" HPOS="1" VPOS="1" WIDTH="1" HEIGHT="1"/></a:TextLine></a:Page></a:alto>',
    'x',
  ],
  ['ALTO without the marks of the index', alto(`<TextLine>${word('a\u{e000}b\u{e001}', 0)}</TextLine>`).toString(), 'ab'],
  [
    'ALTO whose pieces stand together where no space is between them',
    alto(`<TextLine>${word('whale', 0)}${word(',', 20)}<SP/>${word('ho', 40)}</TextLine>`).toString(),
    'whale, ho',
  ],
  ['ALTO without any space as words', alto(`<TextLine>${word('white', 0)}${word('whale', 20)}</TextLine>`).toString(), 'white whale'],
  [
    'ALTO with a broken word and the whole of it',
    alto(
      `<TextLine>${word('wha', 0, 10, 'SUBS_TYPE="HypPart1" SUBS_CONTENT="whale"')}<HYP/></TextLine><TextLine>${word('le', 0, 30, 'SUBS_TYPE="HypPart2" SUBS_CONTENT="whale"')}<SP/>${word('ho', 30, 30)}</TextLine>`,
    ).toString(),
    'whale\nho',
  ],
  [
    'ALTO with a hyphen and nothing said of the word',
    alto(`<TextLine>${word('wha', 0)}<HYP CONTENT="-"/></TextLine><TextLine>${word('le', 0, 30)}</TextLine>`).toString(),
    'whale',
  ],
  [
    'a plain hyphen before a small letter',
    alto(`<TextLine>${word('wha-', 0)}</TextLine><TextLine>${word('le', 0, 30)}</TextLine>`).toString(),
    'whale',
  ],
  [
    'no word of a hyphen before a capital',
    alto(`<TextLine>${word('Moby-', 0)}</TextLine><TextLine>${word('Dick', 0, 30)}</TextLine>`).toString(),
    'Moby-\nDick',
  ],
  ['no word of a dash', alto(`<TextLine>${word('-', 0)}</TextLine><TextLine>${word('le', 0, 30)}</TextLine>`).toString(), '-\nle'],
  [
    'the last half of a page as it is',
    alto(`<TextLine>${word('wha', 0, 10, 'SUBS_TYPE="HypPart1" SUBS_CONTENT="whale"')}</TextLine>`).toString(),
    'whale',
  ],
  [
    'hOCR',
    hocr(
      '<p class="ocr_par"><span class="ocr_line" title="bbox 0 0 9 9"><span class="ocrx_word" title="bbox 0 0 4 9"><em>Call</em></span> <span class="ocrx_word">me</span></span></p>',
    ),
    'Call me',
  ],
  ['hOCR of lines', hocr('<span class="ocr_line" title="bbox 0 0 70 9">Call me</span>'), 'Call me'],
  [
    'hOCR with entities of HTML and of nobody',
    hocr('<span class="ocrx_word">caf&eacute;</span> <span class="ocrx_word">&nobody;</span>'),
    'café &nobody;',
  ],
  [
    'hOCR with a word in doubt',
    hocr('<span class="ocrx_word"><span class="alternatives"><ins class="alt">whale</ins><del class="alt">whole</del></span></span>'),
    'whale',
  ],
  [
    'PAGE XML',
    '<PcGts><Page imageWidth="9" imageHeight="9"><TextRegion><TextLine><Word><Glyph><TextEquiv><Unicode>C</Unicode></TextEquiv></Glyph><TextEquiv index="1"><Unicode>Coll</Unicode></TextEquiv><TextEquiv index="0"><Unicode>Call</Unicode></TextEquiv></Word></TextLine></TextRegion></Page></PcGts>',
    'Call',
  ],
  [
    'PAGE XML in which two regions have one id',
    '<PcGts><Page><ReadingOrder><OrderedGroup><RegionRefIndexed regionRef="a" index="0"/></OrderedGroup></ReadingOrder><TextRegion id="a"><TextEquiv><Unicode>one</Unicode></TextEquiv></TextRegion><TextRegion id="a"><TextEquiv><Unicode>two</Unicode></TextEquiv></TextRegion></Page></PcGts>',
    'one\n\ntwo',
  ],
  [
    'WebVTT without its tags, notes and headers',
    'WEBVTT Kind: captions\n\nNOTE not this\n\n1\n00:00.500 --> 00:07.000 align:start\n<v Ann>Call &amp; me</v>\nIshmael',
    'Call & me\nIshmael',
  ],
  ['plain text', 'Call me\r\nIshmael.\n\nSome years', 'Call me\nIshmael.\n\nSome years'],
  ['nothing as no text', '', ''],
  [
    'W3C annotations',
    '{"type":"AnnotationPage","items":[{"body":{"type":"TextualBody","value":"<b>Call</b> me"},"target":"https://a.example/c#xywh=1,2,3,4"}]}',
    'Call me',
  ],
  [
    'those about another canvas not',
    '[{"body":{"value":"here"},"target":"https://a.example/c"},{"body":{"value":"elsewhere"},"target":"https://a.example/d"}]',
    'here',
  ],
  [
    'annotations of Presentation 2',
    '{"@type":"sc:AnnotationList","resources":[{"resource":{"@type":"cnt:ContentAsText","chars":"Call me"},"on":{"full":"https://a.example/c","selector":{"value":"xywh=1,2,3,4"}}}]}',
    'Call me',
  ],
];

suite('text is read from', () => {
  for (const [title, source, text] of texts) test(title, () => assert.equal(read(source).text, text));

  test('UTF-16, by its mark', () =>
    assert.equal(
      readText(
        Buffer.concat([
          Buffer.from([0xff, 0xfe]),
          Buffer.from('<alto><Page><TextLine><String CONTENT="é"/></TextLine></Page></alto>', 'utf16le'),
        ]),
      ).text,
      'é',
    ));

  const refused: readonly (readonly [string, Buffer, string])[] = [
    ['a page that is cut', two.subarray(0, 150), 'text-not-xml'],
    ['another XML', Buffer.from('<mets><body/></mets>'), 'text-unknown'],
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>Not found</body></html>'), 'text-unknown'],
    ['a DTD with entities of its own', Buffer.from('<!DOCTYPE alto [<!ENTITY a "aaaa">]><alto>&a;</alto>'), 'text-not-xml'],
    ['nesting without end', Buffer.from('<alto>'.repeat(500)), 'text-not-xml'],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0x61, 0xff, 0xfe]), 'text-unknown'],
    ['an image', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]), 'text-unknown'],
    ['XML whose root is named as what every object has', Buffer.from('<constructor></constructor>'), 'text-unknown'],
    ['broken JSON', Buffer.from('{"items":['), 'text-not-json'],
    ['JSON without annotations', Buffer.from('{"a":1}'), 'text-unknown'],
  ];
  for (const [title, bytes, code] of refused)
    test(`not from ${title}`, () =>
      assert.equal(
        thrownCode(() => readText(bytes)),
        code,
      ));

  test('any bytes, or they are refused with a code', () =>
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat({ max: two.length }), (noise, at) => {
        const code = thrownCode(() => readText(Buffer.concat([two.subarray(0, at), noise, two.subarray(at)])));
        assert.match(code, /^(text-not-xml|text-not-json|text-unknown|no error)$/);
      }),
    ));

  for (const [name, tag] of [
    ['deu', 'de'],
    ['ger', 'de'],
    ['German', 'de'],
    ['de-AT', 'de-AT'],
    ['unknown', undefined],
    ['not a language', undefined],
    ['', undefined],
  ] as const)
    test(`a language that is called ${name}`, () => assert.equal(languageTag(name), tag));
});

suite('what takes as long as it is long, whatever it holds', () => {
  const many = 200_000;
  const sources: readonly (readonly [string, string])[] = [
    [
      'a page of 200,000 words, each line broken',
      `<alto><Page>${'<TextLine><String CONTENT="wha-"/></TextLine><TextLine><String CONTENT="le"/></TextLine>'.repeat(many / 2)}</Page></alto>`,
    ],
    [
      'an annotation of 200,000 figures',
      JSON.stringify([{ body: { value: '1 '.repeat(many) }, target: 'https://a.example/c#xywh=1,2,3,4' }]),
    ],
    ['captions of brackets', `WEBVTT\n\n00:01.000 --> 00:02.000\n${'<'.repeat(many)}`],
    ['a polygon of one number', `<PcGts><Page><TextRegion><Coords points="${'1'.repeat(many)}"/></TextRegion></Page></PcGts>`],
    ['hOCR that closes what it never opened', `<html><div class="ocr_page">${'</span>'.repeat(many)}</div></html>`],
    ['annotations of brackets', JSON.stringify([{ body: { value: '<'.repeat(many) }, target: 'https://a.example/c' }])],
  ];
  for (const [title, source] of sources)
    test(title, { timeout: 20_000 }, () => {
      const page = read(source);
      assert.equal(unpackPage(packPage(page)).text, page.text);
    });
});

test('a place that no page reaches is none: the words after it keep theirs', () => {
  for (const beyond of ['1e300', '-1e300', 'Infinity', 'NaN', '1e12']) {
    const odd = `<String CONTENT="far" HPOS="${beyond}" VPOS="1" WIDTH="20" HEIGHT="8"/>`;
    const page = readText(alto(`<TextLine>${odd}<SP/>${word('near', 30)}</TextLine>`));
    assert.deepEqual(
      [...unpackPage(packPage(page)).words].map(({ box }) => box?.x),
      [undefined, 30],
      beyond,
    );
  }
  assert.equal(unpackPage(packPage(read(`WEBVTT\n\n${'9'.repeat(400)}:00:01.000 --> 00:02.000\nhours`))).text, '');
});

test('other readings of a word are kept whole, whatever they are written with', () => {
  const reading =
    '<String CONTENT="wh" HPOS="0" VPOS="0" WIDTH="9" HEIGHT="9"><ALTERNATIVE>a &amp; b</ALTERNATIVE><ALTERNATIVE>c</ALTERNATIVE></String><HYP/>';
  assert.deepEqual(readText(alto(`<TextLine>${reading}</TextLine>`)).alternatives, [
    { word: 0, text: 'a & b' },
    { word: 0, text: 'c' },
  ]);
});

suite('a stored page', () => {
  test('comes back as it was, whatever it holds', () => {
    const box = fc.record({ x: fc.integer({ min: -9, max: 9000 }), y: fc.nat(9000), width: fc.nat(900), height: fc.nat(900) });
    const found = fc.record({
      text: fc.string({ minLength: 1 }),
      box: fc.option(box, { nil: undefined }),
      breaks: fc.constantFrom('', 'line', 'block'),
    });
    fc.assert(
      fc.property(fc.array(found, { maxLength: 40 }), (words) => {
        const builder = new PageBuilder();
        for (const { text, box: place, breaks } of words) {
          if (breaks === 'line') builder.line({ from: 1, to: 2.5 });
          if (breaks === 'block') builder.block();
          builder.word({ text, box: place && { ...place }, alternatives: ['other'] });
        }
        const page = builder.build();
        const unpacked = unpackPage(packPage(page));
        assert.deepEqual({ ...unpacked, words: [...unpacked.words] }, page);
      }),
    );
  });
  test('of the release before is read as it was written', () => {
    const former = { width: 200, height: 100, text: 'Call me', words: [0, 4, 0, 1, 2, 3, 4, 5, 7, 0, 10, 2, 3, 4] };
    assert.deepEqual(
      [...unpackPage(Buffer.from(JSON.stringify(former))).words].map(({ start, box }) => [start, box?.x]),
      [
        [0, 1],
        [5, 10],
      ],
    );
  });
});

test('what follows the second half of a word on its line is one place with it; what has a line of its own is not', () => {
  const broken = (more: string) =>
    readText(
      alto(
        `<TextLine>${word('wha-', 50)}</TextLine><TextLine>${word('le', 0, 30)}${more}</TextLine><TextLine>${word('ship', 0, 50)}</TextLine>`,
      ),
    );
  const canvas = { width: 200, height: 100 };
  const where = (page: PageText, words: string) =>
    matchPlaces(storedPage(page), { start: 0, end: page.text.indexOf(words) + words.length }, canvas).map(({ box }) => [
      box?.x,
      box?.y,
      box?.width,
    ]);
  assert.deepEqual(where(broken(`<SP/>${word('ho', 30, 30)}`), 'ho'), [
    [50, 10, 20],
    [0, 30, 50],
  ]);
  assert.deepEqual(where(broken(''), 'ship'), [
    [50, 10, 20],
    [0, 30, 20],
    [0, 50, 20],
  ]);
  assert.equal(broken(`<SP/>${word('half-', 30, 30)}<SP/>${word('sea', 60, 30)}`).text, 'whale\nhalf- sea\nship');
  assert.equal(
    broken(`${word('-', 20, 30)}<SP/>${word('sea', 60, 30)}`).text,
    'whale\n- sea\nship',
    'a hyphen within a line breaks nothing',
  );
});

const fixtures = sharedFixtures(process.env);
const folders = ['alto', 'hocr', 'page', 'txt', 'vtt', 'annotations', 'annotations/w3c', 'miniocr'];
/** What is no text of a format that is read. */
const UNREAD = /^miniocr|sas-brokenAnnotation|example41/;

suite('texts of the shared fixtures', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  const bytesOf = (file: string) => readFile(join(fixtures ?? '', 'ocr', file));
  for (const folder of folders) {
    const files = fixtures === undefined ? [] : await readdir(join(fixtures, 'ocr', folder), { withFileTypes: true });
    for (const { name } of files.filter((entry) => entry.isFile())) {
      const file = `${folder}/${name}`;
      test(UNREAD.test(file) ? `${file} is refused` : `${file} is read, in words that make up its text`, async () => {
        const bytes = await bytesOf(file);
        if (UNREAD.test(file))
          return assert.equal(
            thrownCode(() => readText(bytes)),
            'text-unknown',
          );
        const page = readText(bytes);
        assert.equal(withoutWords(page).trim(), '', 'nothing of the text is no word');
        for (const { start, end } of page.words) assert.doesNotMatch(page.text.slice(start, end), /\n/);
        if (folder === 'alto')
          assert.equal(page.text.length > 0, /CONTENT=["'][^"']/.test(String(bytes)), 'there is text where the file has words');
        const stored = unpackPage(packPage(page));
        assert.deepEqual([stored.text, stored.words.length], [page.text, page.words.length]);
      });
    }
  }
  for (const [file, words, expected] of fixturePlaces)
    test(`${file}: where “${words}” is`, async () => {
      const page = unpackPage(packPage(readText(await bytesOf(file))));
      const start = page.text.replaceAll('\n', ' ').indexOf(words);
      const canvas = { width: page.width ?? 10_000, height: page.height ?? 10_000 };
      assert.deepEqual(
        matchPlaces(page, { start, end: start + words.length }, canvas).map(({ box, time }) =>
          box ? [box.x, box.y, box.width, box.height] : [time?.from, time?.to],
        ),
        expected,
      );
    });
  test('the places of words take at most 7 bytes each over all pages of ALTO and hOCR', async () => {
    let [bytes, words] = [0, 0];
    for (const folder of ['alto', 'hocr'])
      for (const name of fixtures === undefined ? [] : await readdir(join(fixtures, 'ocr', folder))) {
        const page = readText(await bytesOf(`${folder}/${name}`));
        bytes += pageFileParts(packPage(page))?.places.length ?? 0;
        words += page.words.length;
      }
    assert.ok(bytes / words <= 7, `${bytes / words}`);
  });
});

function withoutWords({ text, words }: PageText): string {
  let [rest, at] = ['', 0];
  for (const { start, end } of words) {
    rest += text.slice(at, start);
    at = end;
  }
  return rest + text.slice(at);
}
