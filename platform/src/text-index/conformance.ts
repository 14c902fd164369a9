import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../until.ts';
import type { Clause, TextIndex } from './port.ts';

export type TextIndexUnderTest = { index: TextIndex; dispose: () => Promise<void> };

const whale = 'Call me Ishmael. Some years ago, never mind how long\nprecisely. The café “Pequod”';

/** What every text index does; the cases are the port's documentation. */
export function textIndexConformance(name: string, open: () => Promise<TextIndexUnderTest>): void {
  suite(`text index: ${name}`, () => {
    function indexTest(title: string, run: (index: TextIndex) => Promise<void>): void {
      test(title, async () => {
        const under = await open();
        try {
          await run(under.index);
        } finally {
          await under.dispose();
        }
      });
    }

    async function found(index: TextIndex, ...clauses: Clause[]): Promise<string[][]> {
      const { matches } = await index.search({ group: 'book', clauses, limit: 10 });
      return matches.map(({ spans }) => spans.map(({ start, end }) => whale.slice(start, end)));
    }
    /** Waits until what was put before can be found: what comes later is seen no earlier. */
    async function settled(index: TextIndex): Promise<void> {
      await index.put([{ id: 'mark', group: 'mark', order: 0, text: 'mark' }]);
      const clauses = [word('mark')];
      await until('the mark is found', async () => (await index.search({ group: 'mark', clauses, limit: 1 })).matches.length === 1);
    }
    const word = (text: string): Clause => ({ kind: 'word', text });
    const phrase = (text: string): Clause => ({ kind: 'phrase', text });
    const put = (index: TextIndex, id: string, text: string, order = 0, group = 'book') => index.put([{ id, group, order, text }]);

    const cases: readonly (readonly [string, readonly Clause[], readonly string[][]])[] = [
      ['a word, without case', [word('ISHMAEL')], [['Ishmael']]],
      ['a word without its accent', [word('cafe')], [['café']]],
      ['a word with an accent that the text lacks', [word('mé')], [['me']]],
      ['each of several words', [word('years'), word('call')], [['Call', 'years']]],
      ['nothing when one of the words is missing', [word('years'), word('harpoon')], []],
      ['a phrase as one span', [phrase('some years ago')], [['Some years ago']]],
      ['a phrase over punctuation and a line end', [phrase('how long precisely')], [['how long\nprecisely']]],
      ['no phrase whose words lie apart', [phrase('call ishmael')], []],
      ['no part of a word', [word('ear')], []],
      ['nothing for punctuation', [word('***')], []],
      ['what looks like syntax as the words it holds', [word('NEAR(years')], []],
      ['a word behind a NUL', [word('\0years')], [['years']]],
      ['a word in quotation marks', [word('"pequod"')], [['Pequod']]],
    ];
    for (const [title, clauses, expected] of cases) {
      indexTest(`finds ${title}`, async (index) => {
        await put(index, 'p1', whale);
        await settled(index);
        assert.deepEqual(await found(index, ...clauses), expected);
      });
    }

    indexTest('counts offsets in UTF-16 units, also behind characters that have two', async (index) => {
      await put(index, 'p1', '𝔚𝔞𝔩 🐋 whale');
      await settled(index);
      const { matches } = await index.search({ group: 'book', clauses: [word('whale')], limit: 10 });
      assert.deepEqual(matches[0]?.spans, [{ start: 10, end: 15 }]);
    });

    indexTest('replaces, deletes, and keeps groups apart', async (index) => {
      await put(index, 'p1', 'whale');
      await put(index, 'p2', 'whale', 1, 'other');
      await put(index, 'p1', 'ship');
      await settled(index);
      assert.deepEqual((await index.search({ group: 'book', clauses: [word('whale')], limit: 10 })).matches, []);
      assert.equal((await index.search({ group: 'book', clauses: [word('ship')], limit: 10 })).matches.length, 1);
      assert.equal(await index.count(), 3);
      await index.delete(['p1', 'missing']);
      await until('it is gone', async () => (await index.count()) === 2);
      await index.drop();
      assert.equal(await index.count(), 0);
      await put(index, 'p1', 'whale');
      await settled(index);
      assert.equal((await index.search({ group: 'book', clauses: [word('whale')], limit: 10 })).matches.length, 1);
    });

    indexTest('answers in the order of the group, page by page', async (index) => {
      for (const order of [3, 1, 2]) await put(index, `p${order}`, 'whale', order);
      await settled(index);
      const first = await index.search({ group: 'book', clauses: [word('whale')], limit: 2 });
      assert.deepEqual([first.matches.map(({ id }) => id), first.next], [['p1', 'p2'], 2]);
      const second = await index.search({
        group: 'book',
        clauses: [word('whale')],
        limit: 2,
        ...(first.next === undefined ? {} : { after: first.next }),
      });
      assert.deepEqual([second.matches.map(({ id }) => id), second.next], [['p3'], undefined]);
    });
  });
}
