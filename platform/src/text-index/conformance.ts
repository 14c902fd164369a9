import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../until.ts';
import { FIELDS, type Field, type IndexedObject, type ObjectQuery, type Term, type TextIndex } from './port.ts';

export type TextIndexUnderTest = { index: TextIndex; dispose: () => Promise<void> };

const nothing = { label: '', metadata: '', text: '', forms: '' };
const everything: ObjectQuery = { all: [], keywords: [], sort: 'id', from: 0, limit: 10, facets: [] };

const term = (words: string, fields: readonly Field[] = FIELDS, isPrefix = false): Term[] => [
  { fields, words: words.split(' '), isPrefix },
];

const object = (id: string, change: Partial<IndexedObject> = {}): IndexedObject => ({
  id,
  revision: 1,
  words: nothing,
  keywords: [],
  title: id,
  ...change,
});
const text = (id: string, words: string): IndexedObject => object(id, { words: { ...nothing, text: words } });

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

    let marks = 0;
    /** Waits until what was done before can be found: what comes later is seen no earlier. */
    async function settled(index: TextIndex): Promise<void> {
      const word = `mark${++marks}`;
      await index.put([text('~mark', word)]);
      await until('the mark is found', async () => (await index.search({ ...everything, all: [term(word)] })).total === 1);
      await index.delete([{ id: '~mark', revision: 1 }]);
      await until('the mark is gone', async () => (await index.search({ ...everything, all: [term(word)] })).total === 0);
    }
    const found = async (index: TextIndex, query: Partial<ObjectQuery>) => (await index.search({ ...everything, ...query })).ids;

    const whale = object('whale', {
      words: {
        label: 'moby dick',
        metadata: 'author=herman author=melville',
        text: 'call me ishmael some years ago 東京 京都 都',
        forms: 'en/year en/ago',
      },
    });
    const cases: readonly (readonly [string, readonly (readonly Term[])[], boolean])[] = [
      ['a word of the text', [term('ishmael')], true],
      ['a word of the label', [term('moby')], true],
      ['a word only in the field that is asked', [term('moby', ['text'])], false],
      ['each of several words', [term('years'), term('moby')], true],
      ['nothing when one of the words is missing', [term('years'), term('harpoon')], false],
      ['any of several terms', [[...term('harpoon'), ...term('en/year', ['forms'])]], true],
      ['words in a row', [term('some years ago')], true],
      ['no row whose words lie apart', [term('call ishmael')], false],
      ['no row over two fields', [term('dick call')], false],
      ['no part of a word', [term('ear')], false],
      ['the beginning of a word, where it is asked for', [term('ish', FIELDS, true)], true],
      ['a row whose last word is begun', [term('me ish', FIELDS, true)], true],
      ['words of other writing', [term('東京 京都')], true],
      ['the beginning of other writing', [term('東', FIELDS, true)], true],
      ['a word with a sign in it', [term('author=herman author=melville', ['metadata'])], true],
      ['no half of it', [term('herman', ['metadata'])], false],
      ['what looks like syntax as a word', [term('NEAR(years')], false],
      ['what looks like more syntax', [term('label:moby*')], false],
    ];
    indexTest('finds words and rows of words', async (index) => {
      await index.put([whale]);
      await settled(index);
      for (const [title, all, expected] of cases) assert.deepEqual(await found(index, { all }), expected ? ['whale'] : [], title);
    });

    indexTest('replaces, deletes and drops', async (index) => {
      await index.put([text('a', 'whale'), text('b', 'whale')]);
      await index.put([text('a', 'ship')]);
      await settled(index);
      assert.deepEqual(await found(index, { all: [term('whale')] }), ['b']);
      assert.deepEqual(await found(index, { all: [term('ship')] }), ['a']);
      await index.delete([
        { id: 'a', revision: 1 },
        { id: 'missing', revision: 1 },
      ]);
      await until('it is gone', async () => (await index.count()) === 1);
      await index.drop();
      assert.equal(await index.count(), 0);
      await index.put([text('a', 'whale')]);
      await settled(index);
      assert.deepEqual(await found(index, { all: [term('whale')] }), ['a']);
    });

    indexTest('keeps what is newer from what is older', async (index) => {
      await index.put([{ ...text('a', 'new'), revision: 3 }]);
      await index.put([{ ...text('a', 'old'), revision: 2 }]);
      await index.delete([{ id: 'a', revision: 2 }]);
      await settled(index);
      assert.deepEqual([await found(index, { all: [term('new')] }), await found(index, { all: [term('old')] })], [['a'], []]);
      await index.put([{ ...text('a', 'same'), revision: 3 }]);
      await settled(index);
      assert.deepEqual(await found(index, { all: [term('same')] }), ['a']);
    });

    indexTest('filters by keywords and by time, counts all and the values of a name', async (index) => {
      const sources = ['yale', 'getty', 'yale', 'yale'];
      await index.put(
        sources.map((source, n) =>
          object(`o${n}`, {
            words: { ...nothing, text: 'whale' },
            keywords: [`source=${source}`, `a.b=${n % 2}`, 'a.bc=x'],
            ...(n === 0 ? {} : { begin: 1600 + n * 10, end: 1605 + n * 10 }),
          }),
        ),
      );
      await settled(index);
      const counted = await index.search({
        ...everything,
        limit: 1,
        all: [term('whale')],
        facets: [
          { name: 'source', limit: 5 },
          { name: 'a.b', limit: 1 },
        ],
      });
      assert.deepEqual([counted.ids, counted.total], [['o0'], 4]);
      assert.deepEqual(
        [...counted.facets],
        [
          [
            'source',
            [
              { value: 'yale', count: 3 },
              { value: 'getty', count: 1 },
            ],
          ],
          ['a.b', [{ value: '0', count: 2 }]],
        ],
      );
      assert.deepEqual(await found(index, { keywords: [['source=getty', 'source=none'], ['a.b=1']] }), ['o1']);
      assert.deepEqual(await found(index, { time: { from: 1615, to: 1620 } }), ['o1', 'o2']);
      assert.deepEqual(await found(index, { time: { from: 1616, to: 1619 } }), []);
    });

    indexTest('sorts, and leafs through by place or behind an id', async (index) => {
      await index.put([
        object('a', { title: 'Z', begin: 1700, end: 1800, words: { ...nothing, text: 'whale ship ship ship ship' } }),
        object('b', { title: 'b', words: { ...nothing, text: 'whale' } }),
        object('c', { title: 'a', begin: 1600, end: 1900, words: { ...nothing, label: 'whale' } }),
      ]);
      await settled(index);
      assert.deepEqual(await found(index, { sort: 'id', from: 1, limit: 1 }), ['b']);
      assert.deepEqual(await found(index, { sort: 'id', after: 'a' }), ['b', 'c']);
      assert.deepEqual(await found(index, { sort: 'title' }), ['a', 'c', 'b']);
      assert.deepEqual(await found(index, { sort: 'oldest' }), ['c', 'a', 'b']);
      assert.deepEqual(await found(index, { sort: 'newest' }), ['c', 'a', 'b']);
      assert.deepEqual(await found(index, { sort: 'relevance', all: [term('whale')] }), ['c', 'b', 'a']);
      assert.equal((await index.search({ ...everything, after: 'a', limit: 1 })).total, 3);
    });
  });
}
