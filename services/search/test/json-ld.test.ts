import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { sharedFixtures, WITHOUT_FIXTURES } from '@vitrine/platform/shared-fixtures.ts';
import jsonld from 'jsonld';
import { hitOf, type MatchPiece } from '../src/domain/content-search/hits.ts';
import type { ResultPage } from '../src/domain/content-search/result-page.ts';
import { searchPage1 } from '../src/domain/content-search/search-1.ts';
import { searchPage2 } from '../src/domain/content-search/search-2.ts';
import { type Terms, termList1, termPage2 } from '../src/domain/content-search/terms-page.ts';
import { storedPage } from '../src/domain/page/word-table.ts';
import { readText } from '../src/domain/reading/read-text.ts';
import { two } from './alto-page.ts';

const fixtures = sharedFixtures(process.env);
const CONTEXTS: Readonly<Record<string, string>> = {
  'http://iiif.io/api/search/1/context.json': 'search-1.0/context.json',
  'http://iiif.io/api/search/2/context.json': 'search-2.0/context.json',
  'http://iiif.io/api/presentation/2/context.json': 'presentation-2.1/context.json',
  'https://iiif.io/api/presentation/3/context.json': 'presentation-3.0/context.json',
  'http://iiif.io/api/presentation/3/context.json': 'presentation-3.0/context.json',
  'http://www.w3.org/ns/anno.jsonld': 'web-annotation/anno.jsonld',
  'https://iiif.io/api/registry/selectors/context.json': 'registries/selectors-context.json',
};
const documentLoader = async (url: string) => {
  // Of services that stand nowhere here.
  if (/^https?:\/\/iiif\.io\/api\/(image|auth)\//.test(url)) return { documentUrl: url, document: { '@context': {} } };
  const file = CONTEXTS[url];
  assert.ok(file, `no context but those of the specifications is asked for: ${url}`);
  return { documentUrl: url, document: JSON.parse(await readFile(join(fixtures ?? '', '..', 'specs', file), 'utf8')) };
};

const address = 'https://iiif.example/iiif/search/2/manifests/o?q=me';
const piece: MatchPiece = {
  image: 'i',
  shownOn: 'i',
  page: storedPage(readText(two)),
  span: { start: 5, end: 16 },
  canvas: { width: 200, height: 100 },
};
const word = { ...piece, span: { start: 0, end: 4 } };
const manifest = { id: 'https://iiif.example/iiif/presentation/3/manifests/o', label: { en: ['Book'] } };
const hit = (...pieces: readonly MatchPiece[]) => hitOf('https://iiif.example', 'o', pieces);
const results = (more: Partial<ResultPage>): ResultPage => ({
  id: `${address}&page=2`,
  first: address,
  last: `${address}&page=3`,
  previous: address,
  next: `${address}&page=3`,
  total: { lines: 125, hits: 120 },
  before: { lines: 52, hits: 50 },
  ignored: [],
  hits: [hit(word)],
  suggestions: [],
  ...more,
});
const terms: Terms = {
  id: `${address}&min=2`,
  searchFor: (q) => `https://iiif.example/s?${new URLSearchParams({ q })}`,
  items: [{ value: 'bird', total: 15 }],
  isWhole: true,
  ignored: ['user'],
};

/** Each property of a document with the kind of its value: `items[].id:string`. */
function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((one) => shapeOf(one, `${path}[]`)))];
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([name, one]) => shapeOf(one, `${path}.${name}`));
  return [`${path}:${typeof value}`];
}

/** What a document says that its contexts have no meaning for. */
async function lostOf(document: unknown): Promise<string[]> {
  const lost: string[] = [];
  const eventHandler = ({ event }: { event: { code: string; details: unknown } }) => lost.push(JSON.stringify([event.code, event.details]));
  const options = { documentLoader, eventHandler };
  const expanded = await jsonld.expand(JSON.parse(JSON.stringify(document)), options);
  assert.equal(expanded.length, 1);
  return lost;
}

suite('Content Search, by its own contexts and examples', { skip: fixtures === undefined && WITHOUT_FIXTURES }, async () => {
  const documents: readonly (readonly [string, object])[] = [
    ['results of 2.0', searchPage2(results({ hits: [hit(word), hit(piece)], ignored: ['user'] }))],
    ['results of 2.0 over several manifests', searchPage2(results({ hits: [hitOf('https://iiif.example', 'o', [word], manifest)] }))],
    ['completions of 2.0', termPage2(terms)],
    ['results of 1.0', searchPage1(results({ hits: [hit(word), hit(piece)], ignored: ['user'] }))],
    ['completions of 1.0', termList1(terms)],
  ];
  const files = fixtures === undefined ? [] : await readdir(join(fixtures, 'ocr', 'search-spec'));
  const exampleOf = async (start: string): Promise<unknown> => {
    const text = await readFile(join(fixtures ?? '', 'ocr', 'search-spec', files.find((name) => name.startsWith(start)) ?? start), 'utf8');
    // As the pages of the specification are made.
    return JSON.parse(text.replaceAll('{{ page.major }}', start['search'.length] ?? ''));
  };

  for (const [name, document] of documents)
    test(`${name}: every property has a meaning, as far as the contexts give their own examples one`, async () => {
      const forgotten = new Set<string>();
      for (const start of ['search2-08', 'search2-11', 'search2-13', 'search1-12'])
        for (const lost of await lostOf(await exampleOf(start))) forgotten.add(lost);
      const lost = await lostOf(document);
      assert.deepEqual(
        lost.filter((one) => !forgotten.has(one)),
        [],
      );
    });

  /** What examples have that is not ours to say: names of other people's languages. */
  const ELSEWHERE = /\.label\.|\.language:/;
  const examples: readonly (readonly [string, object])[] = [
    ['search2-03', searchPage2(results({}))],
    ['search2-04', searchPage2(results({}))],
    ['search2-05', searchPage2(results({ hits: [hitOf('https://iiif.example', 'o', [word], manifest)] }))],
    ['search2-06', searchPage2(results({ ignored: ['user'] }))],
    ['search2-08', searchPage2(results({}))],
    ['search2-11', searchPage2(results({ hits: [hit(piece)] }))],
    ['search2-12', termPage2(terms)],
    ['search2-13', termPage2(terms)],
    ['search1-02', searchPage1(results({}))],
    ['search1-03', searchPage1(results({}))],
    ['search1-06', searchPage1(results({ ignored: ['user'] }))],
    ['search1-07', searchPage1(results({}))],
    ['search1-10', searchPage1(results({ hits: [hit(piece)] }))],
    ['search1-12', termList1(terms)],
  ];
  for (const [start, ours] of examples)
    test(`the example ${start} of the specification has nothing that ours lacks`, async () => {
      const example = await exampleOf(start);
      // With hits 1.0 has two contexts (3.4).
      const has = new Set([...shapeOf(ours), '.@context:string']);
      assert.deepEqual(
        shapeOf(example).filter((path) => !has.has(path) && !ELSEWHERE.test(path)),
        [],
      );
    });
});
