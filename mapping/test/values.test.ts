import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { bcp47 } from '../src/bcp47.ts';
import { cleanHtml } from '../src/clean-html.ts';
import { plainText } from '../src/plain-text.ts';

suite('HTML that a manifest may have (Presentation API 3.0, 4.5)', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a text', 'A vase', 'A vase'],
    ['what only looks like markup', 'a < b & c > d', 'a < b & c > d'],
    ['references in a text', 'Tom &amp; Jerry', 'Tom & Jerry'],
    ['one element', '<p>A <b>fine</b> vase</p>', '<p>A <b>fine</b> vase</p>'],
    ['several', '<p>A</p><p>B</p>', '<span><p>A</p><p>B</p></span>'],
    ['words around', 'A <i>fine</i> vase', '<span>A <i>fine</i> vase</span>'],
    ['space around', '  <p>A</p>\n', '<p>A</p>'],
    ['other names of the same', '<strong>A</strong> <em>B</em>', '<span><b>A</b> <i>B</i></span>'],
    ['lists', '<ul><li>A</li><li>B</li></ul>', '<span><p>A</p><p>B</p></span>'],
    ['attributes', '<p class="x" onclick="y()">A</p>', '<p>A</p>'],
    ['a link', '<a href="https://m.example/?a=1&amp;b=2" target="_blank">A</a>', '<a href="https://m.example/?a=1&amp;b=2">A</a>'],
    ['a script for a link', '<a href=" javascript:alert(1)">A</a>', '<a>A</a>'],
    ['a script', '<p>A<script>alert(1)</script></p>', '<p>A</p>'],
    ['a style', '<style>p{}</style><p>A</p>', '<p>A</p>'],
    [
      'an image',
      '<img src="https://m.example/1.png" onerror="x()" alt="A &quot;B&quot;">',
      '<img src="https://m.example/1.png" alt="A &quot;B&quot;">',
    ],
    ['an image of data', '<p>A<img src="data:text/html,x"></p>', '<p>A<img></p>'],
    ['what is never closed', '<p>A <b>B', '<p>A <b>B</b></p>'],
    ['what was never opened', 'A</b>B', 'A B'],
    ['words that would be taken for markup', '&lt;script&gt;alert(1)&lt;/script&gt;', '<span>&lt;script&gt;alert(1)&lt;/script&gt;</span>'],
    ['nothing but markup', '<br>', '<br>'],
    ['a comment', '<p>A<!-- B --></p>', '<p>A</p>'],
    ['an unknown element', '<u>A</u>', 'A'],
  ];
  for (const [title, html, expected] of cases) test(title, () => assert.equal(cleanHtml(html), expected));

  const soup = fc.array(
    fc.constantFrom(
      '<p>',
      '</p>',
      '<b',
      '>',
      '<script>',
      '</script>',
      '<a href="',
      '"',
      "'",
      'javascript:',
      '<img src=x onerror=y>',
      '<!--',
      '-->',
      '&lt;',
      '&amp;',
      'a',
      ' ',
      '<svg/onload=z>',
      '<iframe>',
      '\0',
      '</',
      '<![CDATA[',
      ']]>',
    ),
    { maxLength: 30 },
  );
  test('cleaned again is as it was, and holds nothing else', () =>
    fc.assert(
      fc.property(soup, (parts) => {
        const once = cleanHtml(parts.join(''));
        if (!/<[a-z/]/i.test(once)) return;
        assert.equal(cleanHtml(once), once);
        for (const [tag = ''] of once.matchAll(/<[^>]*>/g))
          assert.match(tag, /^<\/?(a|b|br|i|img|p|small|span|sub|sup)( (href|src|alt)="[^"<>]*")*>$/);
      }),
      { numRuns: 2000 },
    ));
  test('a megabyte of what is never closed takes no time to speak of', () => {
    const began = performance.now();
    cleanHtml('<b>'.repeat(350_000));
    assert.ok(performance.now() - began < 10_000);
  });
  test('keeps the words', () => assert.equal(plainText(cleanHtml('<div>A <u>b</u> c</div>')), 'A b c'));
});

suite('languages as BCP 47', () => {
  for (const [said, expected] of [
    ['en', 'en'],
    ['EN', 'en'],
    ['en_US', 'en-US'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['ger', 'de'],
    ['English', 'en'],
    ['', 'none'],
    ['und', 'none'],
    ['@none', 'none'],
    ['not a language', 'none'],
    [undefined, 'none'],
  ] as const)
    test(String(said), () => assert.equal(bcp47(said), expected));
});
