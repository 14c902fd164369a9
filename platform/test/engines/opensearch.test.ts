import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { containerEngineAnswers, WITHOUT_ENGINES } from '../../src/engines/container-engine.ts';
import { type StartedEngine, startOpenSearch } from '../../src/engines/start-engine.ts';
import { Problem } from '../../src/problem.ts';
import { textIndexConformance } from '../../src/text-index/conformance.ts';
import { openOpenSearchTextIndex } from '../../src/text-index/opensearch.ts';
import { until } from '../../src/until.ts';

const there = await containerEngineAnswers(process.env);

suite('on OpenSearch', { skip: there ? false : WITHOUT_ENGINES, timeout: 300_000 }, () => {
  let engine: StartedEngine;
  before(async () => {
    engine = await startOpenSearch();
  });
  after(() => engine.stop());
  let cases = 0;
  /** As a consumer does that is held up by an engine. */
  const insist = (work: () => Promise<void>) =>
    until('it is taken', () =>
      work().then(
        () => true,
        () => false,
      ),
    );

  textIndexConformance('opensearch', async () => {
    const index = await openOpenSearchTextIndex(`${engine.url}/case-${++cases}`);
    return { index, dispose: () => index.close() };
  });

  test('an index of a former schema is built anew under its alias, and a writer waits meanwhile', async () => {
    const url = `${engine.url}/rebuilt`;
    const former = await openOpenSearchTextIndex(url, 2);
    const object = (id: string, text: string, revision: number) => ({
      id,
      revision,
      words: { label: '', metadata: '', text, forms: '' },
      keywords: [],
      title: id,
    });
    await former.put(Array.from({ length: 1200 }, (_, n) => object(`p${n}`, `page ${n} whale`, 5)));
    const [reopened] = await Promise.all([
      openOpenSearchTextIndex(url, 3),
      openOpenSearchTextIndex(url, 3).then((other) => other.close()),
      (async () => {
        for (let n = 0; n < 30; n++) {
          await insist(() => former.delete([{ id: `p${n}`, revision: 5 }]));
          await insist(() => former.put([object(`late-${n}`, 'late whale', 1)]));
        }
      })(),
    ]);
    await until('all is there', async () => (await reopened.count()) === 1200);
    const query = { keywords: [], sort: 'id', from: 0, limit: 100, facets: [] } as const;
    const of = async (word: string) => (await reopened.search({ ...query, all: [[{ fields: ['text'], words: [word] }]] })).total;
    assert.equal(await of('late'), 30);
    await reopened.put([object('p100', 'older', 4)]);
    await until('what was copied kept its revision', async () => (await of('whale')) === 1200 && (await of('older')) === 0);
    await former.close();
    await reopened.close();
  });

  test('an index of a document a page is replaced by an empty one', async () => {
    const url = `${engine.url}/pages`;
    await (await openOpenSearchTextIndex(url, 1)).close();
    const reopened = await openOpenSearchTextIndex(url);
    assert.equal(await reopened.count(), 0);
    await reopened.close();
  });

  test('an index of somebody else under our name stops the start, and is left as it is', async () => {
    const settings = { index: { analysis: { analyzer: { thai: { type: 'whitespace' } } } } };
    const create = await fetch(`${engine.url}/foreign`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ settings }),
    });
    assert.equal(create.status, 200);
    const before = await (await fetch(`${engine.url}/foreign`)).text();
    await assert.rejects(
      openOpenSearchTextIndex(`${engine.url}/foreign`),
      (error) => error instanceof Problem && error.code === 'engine-unfit',
    );
    assert.equal(await (await fetch(`${engine.url}/foreign`)).text(), before);
  });
});
