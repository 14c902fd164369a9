import { fold } from '../analysis/fold.ts';
import { stem, stemmedLanguage } from '../analysis/stem.ts';
import { areNeighbours, type Unit, unitsOf } from '../analysis/units.ts';
import { VarintWriter } from '../page/varint.ts';
import type { StoredPage } from '../page/word-table.ts';
import { type IndexedPage, writeIndexFile } from './index-file.ts';
import { Numbers } from './numbers.ts';

/** Raised when an index of the same texts would be another: then it is built again. */
export const INDEX_VERSION = 1;

/** A form of a word in the text of one language. */
type Form = { readonly term: number; count: number };

/** A character that may yet be followed by another: both together are its term. */
type Pending = { readonly character: string; readonly end: number; readonly text: string };

/**
 * Puts the words of an object together, page by page in its order. Each word or character is a unit, numbered through all pages, so a phrase may
 * go on over a page's end; a character of writing without spaces is indexed with the one that follows it.
 */
export class IndexBuilder {
  readonly #pages: IndexedPage[] = [];
  readonly #places = new VarintWriter();
  readonly #terms: string[] = [];
  readonly #termOf = new Map<string, number>();
  /** How many times and in which form a term is written, by language; '' is that of none. */
  readonly #forms = new Map<string, Map<string, Form>>();
  /** The term of each unit. */
  readonly #sequence = new Numbers();
  /** Other readings: pairs of a unit and a term. */
  readonly #others: (readonly [number, number])[] = [];
  #pending: Pending | undefined;

  /** @param language of the text where it doesn't say one itself; BCP 47 */
  add(named: Omit<IndexedPage, 'units'>, page: StoredPage, language?: string): void {
    const { words } = page;
    const before = this.#sequence.length;
    const languages = page.languages.map(({ start, language }) => ({ start, language: stemmedLanguage(language) ?? '' }));
    const unitOfWord = page.alternatives.length > 0 ? new Map<number, number>() : undefined;
    let forms = this.#formsOf(stemmedLanguage(language ?? '') ?? '');
    let [next, word, end, line] = [0, 0, 0, 0];
    for (const unit of unitsOf(page.text)) {
      for (let change = languages[next]; change && change.start <= unit.start; change = languages[++next])
        forms = this.#formsOf(change.language);
      while (words.endOf(word) <= unit.start) word++;
      if (unitOfWord && !unitOfWord.has(word)) unitOfWord.set(word, this.#sequence.length);
      let last = word;
      while (words.startOf(last + 1) < unit.end) last++;
      const below = (words.lineOf(word) ?? line) - line;
      this.#writePlace(unit.start - end, unit.end - unit.start, below, words.isBroken(last));
      this.#count(unit, page.text, forms);
      end = unit.end;
      line += below;
    }
    if (this.#pending) this.#pending = { ...this.#pending, text: '', end: 0 };
    for (const { word: of, text } of page.alternatives) this.#other(unitOfWord?.get(of), text);
    this.#pages.push({ ...named, units: this.#sequence.length - before });
  }

  build(): Buffer {
    this.#settle(undefined);
    const order = this.#terms.map((_, id) => id).sort((a, b) => compare(this.#terms[a] ?? '', this.#terms[b] ?? ''));
    const rank = new Uint32Array(order.length);
    for (const [place, id] of order.entries()) rank[id] = place;
    const terms = order.map((id) => this.#terms[id] ?? '');
    const languages = [...this.#forms.keys()].filter((language) => language !== '').sort();
    return writeIndexFile({
      units: this.#sequence.length,
      pages: this.#pages,
      languages,
      places: this.#places.bytes(),
      terms: lines(terms),
      written: lines(this.#written(rank, terms)),
      ...this.#postings(rank),
      stems: languages.map((language) => this.#stems(language, rank)),
    });
  }

  #formsOf(language: string): Map<string, Form> {
    const known = this.#forms.get(language);
    if (known) return known;
    const forms = new Map<string, Form>();
    this.#forms.set(language, forms);
    return forms;
  }

  /** Most units stand one place behind the one before and on its line: of them only the length is said. */
  #writePlace(gap: number, length: number, below: number, hasRest: boolean): void {
    const isUsual = gap === 1 && below === 0 && !hasRest;
    this.#places.unsigned(length * 2 + (isUsual ? 0 : 1));
    if (isUsual) return;
    this.#places.unsigned(gap);
    this.#places.unsigned(below * 2 + (hasRest ? 1 : 0));
  }

  #count({ start, end, isCharacter }: Unit, text: string, forms: Map<string, Form>): void {
    const written = text.slice(start, end);
    if (isCharacter) {
      const pending = this.#pending;
      // Of a page before, nothing is between.
      const follows = pending && areNeighbours(pending.character, pending.text === '' ? '' : text.slice(pending.end, start), written);
      this.#settle(follows ? written : undefined);
      this.#pending = { character: written, end, text };
      this.#sequence.push(0);
      return;
    }
    this.#settle(undefined);
    let form = forms.get(written);
    if (!form) {
      form = { term: this.#term(fold(written)), count: 0 };
      forms.set(written, form);
    }
    form.count++;
    this.#sequence.push(form.term);
  }

  #settle(following: string | undefined): void {
    if (!this.#pending) return;
    const term = this.#term(fold(this.#pending.character) + (following === undefined ? '' : fold(following)));
    this.#sequence.set(this.#sequence.length - 1, term);
    this.#pending = undefined;
  }

  #term(folded: string): number {
    const known = this.#termOf.get(folded);
    if (known !== undefined) return known;
    this.#terms.push(folded);
    this.#termOf.set(folded, this.#terms.length - 1);
    return this.#terms.length - 1;
  }

  #other(unit: number | undefined, text: string): void {
    const [only, more] = [...unitsOf(text)];
    if (unit === undefined || !only || only.isCharacter || more) return;
    const term = this.#term(fold(text.slice(only.start, only.end)));
    if (this.#sequence.at(unit) !== term) this.#others.push([unit, term]);
  }

  #written(rank: Uint32Array, terms: readonly string[]): string[] {
    const best = mostly([...this.#forms.values()].flatMap((forms) => [...forms]));
    const written = terms.map(() => '');
    for (const [term, form] of best) if (form !== this.#terms[term]) written[rank[term] ?? 0] = form;
    return written;
  }

  #postings(rank: Uint32Array): { sizes: Buffer; postings: Buffer } {
    const counts = new Uint32Array(rank.length + 1);
    const pairs = this.#others.map(([unit, term]) => [unit, rank[term] ?? 0] as const);
    for (let unit = 0; unit < this.#sequence.length; unit++) {
      const at = (rank[this.#sequence.at(unit)] ?? 0) + 1;
      counts[at] = (counts[at] ?? 0) + 1;
    }
    for (const [, term] of pairs) counts[term + 1] = (counts[term + 1] ?? 0) + 1;
    for (let term = 1; term < counts.length; term++) counts[term] = (counts[term] ?? 0) + (counts[term - 1] ?? 0);
    const [starts, next] = [counts, counts.slice()];
    const units = new Uint32Array(this.#sequence.length + pairs.length);
    const put = (term: number, unit: number) => {
      const at = next[term] ?? 0;
      units[at] = unit;
      next[term] = at + 1;
    };
    for (let unit = 0; unit < this.#sequence.length; unit++) put(rank[this.#sequence.at(unit)] ?? 0, unit);
    for (const [unit, term] of pairs) put(term, unit);
    for (const [, term] of pairs) units.subarray(starts[term], starts[term + 1]).sort();
    const [sizes, postings] = [new VarintWriter(), new VarintWriter()];
    for (let term = 0; term < rank.length; term++) {
      const [from, to] = [starts[term] ?? 0, starts[term + 1] ?? 0];
      const began = postings.length;
      let before = 0;
      for (let at = from; at < to; at++) {
        const unit = units[at] ?? 0;
        postings.unsigned(unit - before);
        before = unit;
      }
      sizes.unsigned(to - from);
      sizes.unsigned(postings.length - began);
    }
    return { sizes: sizes.bytes(), postings: postings.bytes() };
  }

  #stems(language: string, rank: Uint32Array): { stems: Buffer; members: Buffer } {
    const groups = new Map<string, number[]>();
    for (const [term, form] of mostly([...this.#formsOf(language)])) {
      const stemmed = stem(form, language);
      if (stemmed === undefined) continue;
      const members = groups.get(stemmed);
      if (members) members.push(rank[term] ?? 0);
      else groups.set(stemmed, [rank[term] ?? 0]);
    }
    const sorted = [...groups].sort(([a], [b]) => compare(a, b));
    const members = new VarintWriter();
    for (const [, group] of sorted) {
      members.unsigned(group.length);
      let before = 0;
      for (const term of group.sort((a, b) => a - b)) {
        members.unsigned(term - before);
        before = term;
      }
    }
    return { stems: lines(sorted.map(([stemmed]) => stemmed)), members: members.bytes() };
  }
}

/** Which form of each term is the most frequent. */
function mostly(forms: readonly (readonly [string, Form])[]): ReadonlyMap<number, string> {
  const best = new Map<number, readonly [string, Form]>();
  for (const entry of forms) {
    const [written, { term, count }] = entry;
    const [former, { count: most }] = best.get(term) ?? ['', { count: 0 }];
    if (count > most || (count === most && compare(former, written) < 0)) best.set(term, entry);
  }
  return new Map([...best].map(([term, [written]]) => [term, written]));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const lines = (values: readonly string[]): Buffer => Buffer.from(values.join('\n'));
