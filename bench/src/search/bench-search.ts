import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from '@opensearch-project/opensearch';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { startOpenSearch } from '@vitrine/platform/engines/start-engine.ts';
import { freePort } from '@vitrine/platform/free-port.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { temporaryFolder } from '@vitrine/platform/temporary-folder.ts';
import { openOpenSearchTextIndex } from '@vitrine/platform/text-index/opensearch.ts';
import type { IndexedObject, TextIndex } from '@vitrine/platform/text-index/port.ts';
import { openSqliteTextIndex } from '@vitrine/platform/text-index/sqlite.ts';
import { until } from '@vitrine/platform/until.ts';
import { searchQuery } from '@vitrine/search/domain/content-search/search-query.ts';
import { queryTerms } from '@vitrine/search/domain/entry/query-terms.ts';
import { type Figure, percentile, rounded } from '../figure.ts';
import { type Corpus, openCorpus, randomFrom } from './corpus.ts';
import { fillMuseum } from './fill-museum.ts';
import { searchLoad } from './search-load.ts';

const CONNECTIONS = 8;
const QUERIES = 600;
const BOOK = { objects: ['book'], pages: 500, words: 2000 };
/** Nine million words more, in objects of ten thousand. */
const OTHERS = { pages: 5, words: 2000 };
const OTHER_OBJECTS = 900;
/** Objects that are put into OpenSearch a call. */
const BULK = 25;

/** From ALTO to answers over HTTP: embedded, then with the same objects in OpenSearch. */
export async function benchSearch(): Promise<Figure[]> {
  const corpus = await openCorpus(7);
  const folder = await temporaryFolder();
  const engine = await startOpenSearch();
  const objects: IndexedObject[] = [];
  const open = async (): Promise<Adapters> => {
    const adapters = await openEmbedded(folder.path);
    const { textIndex } = adapters;
    const put = async (some: readonly IndexedObject[]) => {
      objects.push(...some);
      await textIndex.put(some);
    };
    return { ...adapters, textIndex: { ...textIndex, put } };
  };
  try {
    const first = await open();
    await fillMuseum(first, corpus, { objects: ['warm'], pages: 20, words: 2000 });
    const book = await fillMuseum(first, corpus, BOOK);
    await closeAdapters(first);
    const figures: Figure[] = [];
    // It takes minutes: what is known is said at once.
    const note = (some: readonly Figure[]) => {
      figures.push(...some);
      for (const { name, value } of some) process.stderr.write(`${name}: ${value}\n`);
    };
    note([
      {
        name: 'words a second, one process, from ALTO to the embedded index',
        value: rounded(book.words / book.seconds, 0),
        at_least: 80_000,
      },
      { name: 'bytes a word that its place takes', value: rounded(book.placesBytes / book.words), at_most: 7 },
    ]);
    note(await inBook(folder.path, corpus, '1 M words, embedded', 20));
    const second = await open();
    const others = Array.from({ length: OTHER_OBJECTS }, (_, n) => `other-${n}`);
    const filled = await fillMuseum(second, corpus, { ...OTHERS, objects: others });
    await closeAdapters(second);
    note([{ name: `the same of ${OTHER_OBJECTS} objects of 10,000 words`, value: rounded(filled.words / filled.seconds, 0) }]);
    note(await inBook(folder.path, corpus, '10 M words, embedded', 20));
    note(await acrossAll(folder.path, corpus, 'embedded', 60));
    note(await putRatio(engine.url, objects));
    note(await inBook(folder.path, corpus, '10 M words, OpenSearch', 50, engine.url));
    note(await acrossAll(folder.path, corpus, 'OpenSearch', 150, engine.url));
    return figures;
  } finally {
    await engine.stop();
    await folder.remove();
  }
}

/** Puts every object, by turns through the port and with the engine's own client, and compares how long each took for a word. */
async function putRatio(url: string, objects: readonly IndexedObject[]): Promise<Figure[]> {
  const index = await openOpenSearchTextIndex(url);
  const client = new Client({ node: url });
  await client.indices.create({
    index: 'bare',
    body: {
      // What the local engine can't do for itself stands in its way otherwise.
      settings: { index: { number_of_replicas: 0, analysis: { analyzer: { thai: { type: 'whitespace' } } } } },
      mappings: {
        properties: {
          ...Object.fromEntries(['label', 'metadata', 'text', 'forms'].map((field) => [field, { type: 'text', analyzer: 'whitespace' }])),
          keywords: { type: 'keyword' },
          title: { type: 'keyword' },
        },
      },
    },
  });
  const took = { ours: 0, bare: 0 };
  const sizes = { ours: 0, bare: 0 };
  for (let from = 0; from < objects.length; from += BULK) {
    const some = objects.slice(from, from + BULK);
    const size = some.reduce((sum, { words }) => sum + words.text.length, 0);
    const began = performance.now();
    await index.put(some);
    took.ours += performance.now() - began;
    sizes.ours += size;
    // The engine's own rate needs no more than a part of it.
    if ((from / BULK) % 3 !== 0) continue;
    const begun = performance.now();
    await client.bulk({
      index: 'bare',
      body: some.flatMap(({ id, words: { label, metadata, text, forms }, keywords, title }) => [
        { index: { _id: id } },
        { label, metadata, text, forms, keywords, title },
      ]),
    });
    took.bare += performance.now() - begun;
    sizes.bare += size;
  }
  await client.indices.delete({ index: 'bare' });
  await client.close();
  await index.close();
  return [
    { name: 'objects put into OpenSearch / its bulk', value: rounded(took.bare / sizes.bare / (took.ours / sizes.ours)), at_least: 0.7 },
  ];
}

async function serving<T>(folder: string, index: string | undefined, work: (base: string) => Promise<T>): Promise<T> {
  const port = await freePort();
  const child: ChildProcess = fork(join(import.meta.dirname, 'search-server.ts'), [JSON.stringify({ folder, port, index })], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const base = `http://localhost:${port}`;
  try {
    await until('it serves', async () => (await fetch(`${base}/api/v1/search`).catch(() => undefined))?.status === 200, 60_000);
    return await work(base);
  } finally {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

/** Words of all frequencies, two of them, and phrases; not those that stand on every page only. */
function queries(corpus: Corpus, count: number): string[] {
  const random = randomFrom(11);
  const word = () => corpus.word(random() ** 3);
  return Array.from({ length: count }, (_, n) =>
    n % 3 === 0 ? word() : n % 3 === 1 ? `${word()} ${word()}` : `"${word()} ${corpus.word(random() / 100)}"`,
  );
}

async function inBook(folder: string, corpus: Corpus, among: string, most: number, index?: string): Promise<Figure[]> {
  return serving(folder, index, async (base) => {
    const book = '/iiif/search/2/manifests/book';
    const paths = queries(corpus, QUERIES).map((q) => `${book}?${new URLSearchParams({ q })}`);
    await searchLoad(base, paths, CONNECTIONS);
    const found = await searchLoad(base, paths, CONNECTIONS);
    const random = randomFrom(13);
    const begun = Array.from({ length: QUERIES }, () => corpus.word(random() ** 3).slice(0, 2 + Math.floor(random() * 3)));
    const completed = await searchLoad(
      base,
      begun.map((q) => `${book}/autocomplete?${new URLSearchParams({ q })}`),
      CONNECTIONS,
    );
    return [
      { name: `a book among ${among}, p50 milliseconds at ${CONNECTIONS} connections`, value: rounded(found.p50, 1) },
      { name: `a book among ${among}, p95 milliseconds at ${CONNECTIONS} connections`, value: rounded(found.p95, 1), at_most: most },
      { name: `autocompletion in a book among ${among}, p95 milliseconds`, value: rounded(completed.p95, 1), at_most: 10 },
      { name: 'answers that went wrong', value: found.errors + completed.errors, at_most: 0 },
    ];
  });
}

async function acrossAll(folder: string, corpus: Corpus, engine: string, most: number, index?: string): Promise<Figure[]> {
  const asked = queries(corpus, QUERIES);
  const paths = asked.map((q) => `/api/v1/search?${new URLSearchParams({ q })}`);
  const figures = await serving(folder, index, async (base) => {
    await searchLoad(base, paths, CONNECTIONS);
    const found = await searchLoad(base, paths, CONNECTIONS);
    const single = await searchLoad(base, paths, 1);
    return { found, single };
  });
  const textIndex = await (index === undefined ? openSqliteTextIndex(join(folder, 'index.sqlite')) : openOpenSearchTextIndex(index));
  const alone = await engineAlone(textIndex, asked);
  await textIndex.close();
  const { found, single } = figures;
  return [
    { name: `across everything, ${engine}, p50 milliseconds at ${CONNECTIONS} connections`, value: rounded(found.p50, 1) },
    { name: `across everything, ${engine}, p95 milliseconds at ${CONNECTIONS} connections`, value: rounded(found.p95, 1), at_most: most },
    {
      name: `across everything, ${engine}, one connection: p50 beyond the engine’s`,
      value: rounded(single.p50 - alone.p50, 1),
      at_most: 10,
    },
    {
      name: `across everything, ${engine}, one connection: p95 beyond the engine’s`,
      value: rounded(single.p95 - alone.p95, 1),
      at_most: 10,
    },
    { name: 'answers that went wrong', value: found.errors + single.errors, at_most: 0 },
  ];
}

/** The same questions to the engine alone, as the service asks them. */
async function engineAlone(textIndex: TextIndex, asked: readonly string[]) {
  const took: number[] = [];
  const facets = ['source', 'type', 'rights', 'century'].map((name) => ({ name, limit: 20 }));
  for (const q of asked) {
    const all = searchQuery(q).flatMap((clause) => {
      const terms = queryTerms(clause, ['label', 'metadata', 'text', 'forms'], ['de', 'en']);
      return terms ? [terms] : [];
    });
    const began = performance.now();
    await textIndex.search({ all, keywords: [], sort: 'relevance', from: 0, limit: 20, facets });
    took.push(performance.now() - began);
  }
  return { p50: percentile(took, 0.5), p95: percentile(took, 0.95) };
}
