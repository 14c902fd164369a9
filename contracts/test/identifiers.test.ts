import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/value';
import { canvasId } from '../src/canvas-id.ts';
import { Id } from '../src/id.ts';
import { pageImageId } from '../src/page-image-id.ts';
import { idCandidates } from '../src/readable-id.ts';

suite('identifiers', () => {
  const table: readonly (readonly [string, string, RegExp])[] = [
    ['a plain last part stays', 'https://museum.example/object/12', /^museum-12$/],
    ['capitals are folded, with a suffix', 'https://museum.example/object/RP-P-1878', /^museum-rp-p-1878-[0-9a-f]{10}$/],
    ['accents are folded, with a suffix', 'https://museum.example/Gemälde', /^museum-gemalde-[0-9a-f]{10}$/],
    ['what has no letters of ours is a hash', 'https://museum.example/絵画', /^museum-[0-9a-f]{10}$/],
    ['a query is not lost', 'https://museum.example/record?id=7', /^museum-record-id-7-[0-9a-f]{10}$/],
    ['a version mark is not kept', 'https://museum.example/a~b', /^museum-a-b-[0-9a-f]{10}$/],
  ];
  for (const [title, sourceId, expected] of table) {
    test(title, () => assert.match(idCandidates('museum', sourceId)[0], expected));
  }

  test('every candidate for anything at all is an identifier', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (sourceId) =>
        idCandidates('museum', sourceId).every((candidate) => Check(Id, candidate)),
      ),
    ));

  test('two source ids never have the last candidate in common', () =>
    fc.assert(
      fc.property(fc.webUrl(), fc.webUrl(), (a, b) => {
        fc.pre(a !== b);
        assert.notEqual(idCandidates('museum', a).at(-1), idCandidates('museum', b).at(-1));
      }),
    ));

  test('a canvas’s address depends on object and image alone', () =>
    assert.equal(canvasId('https://iiif.example/x', 'o', 'i'), 'https://iiif.example/x/iiif/presentation/canvas/o/i'));

  test('a page’s identifier is an identifier', () => assert.ok(Check(Id, pageImageId('museum-book', 12))));
});
