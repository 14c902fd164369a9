import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Problem } from '@vitrine/platform/problem.ts';
import { mappingsOf } from '../src/mappings-of.ts';
import { ownMapper } from '../src/own-mapping/own-mapper.ts';
import { withSite } from './site.ts';

const failing = (code: string, detail: RegExp) => (error: unknown) =>
  error instanceof Problem && error.code === code && detail.test(error.detail ?? '');

suite('a mapping that a source brings with it', () => {
  const hostile: readonly (readonly [string, string, RegExp])[] = [
    ['throws', '$error("not today")', /not today/],
    ['loops', '($f := function($n) { $f($n + 1) }; $f(0))', /seconds|stack|memory/i],
    ['eats memory', '$map([1..10000000], function($n) { $string($n) & "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" })', /memory|seconds/],
    ['asks for what there is not', '$process.exit(1)', /./],
  ];
  test('is evaluated; one that throws, loops or eats memory fails, and the next record is read all the same', async () => {
    const mapper = ownMapper();
    try {
      assert.deepEqual(await mapper.evaluate('{"label": title}', { title: 'Vase' }), { label: 'Vase' });
      assert.equal(await mapper.evaluate('nothing', { title: 'Vase' }), undefined);
      for (const [title, expression, detail] of hostile) {
        const evaluated = mapper.evaluate(expression, {});
        if (title === 'asks for what there is not') assert.equal(await evaluated.catch(() => undefined), undefined);
        else await assert.rejects(evaluated, failing('mapping-failed', detail), title);
        assert.deepEqual(await mapper.evaluate('{"label": title}', { title }), { label: title });
      }
    } finally {
      await mapper.close();
    }
  });

  const definition = {
    kind: 'api' as const,
    api: { records: 'data', id: 'id' },
    mapping:
      'kind = "bad" ? $error("bad one") : kind = "list" ? undefined_field : {"label": {"en": title}, "images": "https://m.example/" & id & ".tif"}',
  };

  test('maps what nobody else reads; a change of it maps our copies again, without asking the museum', () =>
    withSite({ streams: ['/api'], definition }, async ({ answers, look, report, stores, requests }) => {
      answers.set('/api', {
        body: {
          data: [
            { id: 'a', title: 'Vase' },
            { id: 'b', title: 'Bowl', kind: 'bad' },
            { id: 'c', title: 'All', kind: 'list' },
          ],
        },
      });
      assert.deepEqual(await look(), ['harvested site-a']);
      const outcomes = (await report())?.outcomes ?? [];
      for (const code of ['created', 'mapping-failed', 'not-an-object'])
        assert.equal(outcomes.find(({ name }) => name === code)?.count, 1, `${code} of ${JSON.stringify(outcomes)}`);
      const before = await stores.objects.get('site-a');
      const asked = requests.length;

      await stores.sources.update(
        'site',
        (current) => current && { ...current, definition: { ...current.definition, mapping: '{"label": title & ", renamed"}' } },
      );
      answers.set('/api', { status: 304 });
      assert.deepEqual((await look()).toSorted(), ['harvested site-a', 'harvested site-b', 'harvested site-c']);
      assert.ok(requests.slice(asked).every(({ path }) => path === '/api'));
      const after = await stores.objects.get('site-a');
      assert.equal(after?.revision, 2);
      assert.notEqual(after?.format, before?.format);
      assert.deepEqual(await look(), [], 'once');
    }));

  test('what a replay finds to be no object any more is withdrawn by the next look', () =>
    withSite({ streams: ['/api'], definition }, async ({ answers, look, stores }) => {
      answers.set('/api', { body: { data: [{ id: 'a', title: 'Vase' }] } });
      assert.deepEqual(await look(), ['harvested site-a']);
      const mapping = 'nothing';
      const run = 'replay-1';
      const empty = { ahead: [], whole: [], stored: 0, pages: 0, bytes: 0, activities: [], outcomes: [], oddities: [], streams: [] };
      await stores.runs.put(`site:${run}`, { source: 'site', startedAt: 0, state: 'working', replay: { dryRun: false }, ...empty }, 0);
      await stores.sources.update('site', (current) => {
        // As if the change of the mapping had been seen already: only the replay derives anything again.
        const changed = current && { ...current, definition: { ...current.definition, mapping } };
        return changed && { ...changed, mappedBy: mappingsOf(changed.definition), replays: [`site:${run}`] };
      });
      assert.deepEqual(await look(), ['withdrawn site-a']);
    }));

  test('that maps an object no longer takes it away', () =>
    withSite({ streams: ['/api'], definition }, async ({ answers, look, stores }) => {
      answers.set('/api', { body: { data: [{ id: 'a', title: 'Vase' }] } });
      assert.deepEqual(await look(), ['harvested site-a']);
      await stores.sources.update(
        'site',
        (current) => current && { ...current, definition: { ...current.definition, mapping: 'nothing' } },
      );
      assert.deepEqual(await look(), ['withdrawn site-a']);
    }));
});
