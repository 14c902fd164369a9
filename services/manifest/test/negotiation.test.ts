import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { acceptedEncoding } from '../src/http/accepted-encoding.ts';
import { negotiateVersion, wantsPlainJson } from '../src/http/negotiate-version.ts';

const P2 = 'application/ld+json;profile="http://iiif.io/api/presentation/2/context.json"';
const P3 = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"';

suite('the version of a manifest', () => {
  const cases: readonly (readonly [string | undefined, 2 | 3])[] = [
    [undefined, 3],
    ['*/*', 3],
    ['application/json', 3],
    [P2, 2],
    [P3, 3],
    [`${P3}, ${P2}`, 3],
    [`${P2};q=0.9, ${P3};q=0.8`, 2],
    [`${P2};q=0.5, ${P3}`, 3],
    [`text/html, ${P2}, */*;q=0.1`, 2],
    ['application/ld+json;profile="http://iiif.io/api/presentation/4/context.json"', 3],
    [`application/ld+json;profile="a,b", ${P2}`, 2],
    [`${P2};q=0`, 3],
    ['"'.repeat(5000), 3],
  ];
  for (const [accept, version] of cases) test(String(accept).slice(0, 100), () => assert.equal(negotiateVersion(accept), version));
});

test('plain JSON is for those who take nothing else', () =>
  assert.deepEqual([undefined, '*/*', 'application/json', `application/json, ${P3}`].map(wantsPlainJson), [false, false, true, false]));

suite('the encoding of a body', () => {
  const cases: readonly (readonly [string | undefined, string])[] = [
    [undefined, 'identity'],
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['deflate', 'identity'],
    ['*', 'identity'],
  ];
  for (const [accept, encoding] of cases) test(String(accept), () => assert.equal(acceptedEncoding(accept), encoding));
});
