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
    const former = await openOpenSearchTextIndex(url, 1);
    const texts = Array.from({ length: 1200 }, (_, n) => ({ id: `p${n}`, group: 'book', order: n, text: `page ${n} whale` }));
    await former.put(texts);
    const [reopened] = await Promise.all([
      openOpenSearchTextIndex(url, 2),
      openOpenSearchTextIndex(url, 2).then((other) => other.close()),
      (async () => {
        for (let n = 0; n < 30; n++) {
          await insist(() => former.delete([`p${n}`]));
          await insist(() => former.put([{ id: `late-${n}`, group: 'book', order: 2000 + n, text: 'late whale' }]));
        }
      })(),
    ]);
    await until('all is there', async () => (await reopened.count()) === 1200);
    const { matches } = await reopened.search({ group: 'book', clauses: [{ kind: 'word', text: 'late' }], limit: 100 });
    assert.equal(matches.length, 30);
    await former.close();
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
