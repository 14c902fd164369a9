import { stem } from '../analysis/stem.ts';
import { readSteps, VarintReader } from '../page/varint.ts';
import { type IndexedPage, readIndexFile } from './index-file.ts';
import { StringList } from './string-list.ts';
import type { UnitRange, UnitRanges } from './unit-ranges.ts';

/** Bytes that a term takes in memory beside those of the file, and a unit. */
const TERM = 16;
const UNIT = 16;

/** The stems of a language in order, and the terms of each, one after the other from where they begin. */
type Stems = { readonly language: string; readonly names: StringList; readonly starts: Uint32Array; readonly members: Uint32Array };

/** The words of an object in memory, each unit with its place in the text of its page. */
export class ObjectIndex {
  readonly pages: readonly IndexedPage[];
  readonly units: number;
  /** Folded, in the order of code units. */
  readonly terms: StringList;
  /** What it takes of memory, in bytes. */
  readonly bytes: number;
  readonly #firstUnits: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #lines: Uint32Array;
  /** The units that go on below the line where they begin. */
  readonly #broken: Uint32Array;
  readonly #written: () => StringList;
  readonly #counts: Uint32Array;
  readonly #postingsAt: Uint32Array;
  readonly #postings: Buffer;
  readonly #stems: () => readonly Stems[];
  readonly #termAt: () => Uint32Array;

  /** @throws Problem `unexpected` where it is no index of this release */
  constructor(bytes: Buffer) {
    const file = readIndexFile(bytes);
    this.pages = file.pages;
    this.units = file.units;
    this.terms = new StringList(file.terms, file.units === 0);
    this.#written = once(() => new StringList(file.written, file.units === 0));
    this.#postings = file.postings;
    this.bytes = bytes.length + this.terms.length * TERM + this.units * UNIT;
    this.#firstUnits = new Uint32Array(this.pages.length + 1);
    this.#starts = new Uint32Array(this.units);
    this.#ends = new Uint32Array(this.units);
    this.#lines = new Uint32Array(this.units);
    this.#broken = this.#readPlaces(new VarintReader(file.places));
    this.#counts = new Uint32Array(this.terms.length);
    this.#postingsAt = new Uint32Array(this.terms.length);
    const sizes = new VarintReader(file.sizes);
    for (let term = 0, at = 0; term < this.terms.length; term++) {
      this.#counts[term] = sizes.unsigned();
      this.#postingsAt[term] = at;
      at += sizes.unsigned();
    }
    this.#stems = once(() =>
      file.stems.map(({ stems, members }, place) => readStems(file.languages[place] ?? '', new StringList(stems), members)),
    );
    this.#termAt = once(() => this.#readTerms());
  }

  #readTerms(): Uint32Array {
    const terms = new Uint32Array(this.units);
    for (let term = 0; term < this.terms.length; term++) for (const unit of this.unitsOf(term)) terms[unit] = term;
    return terms;
  }

  #readPlaces(reader: VarintReader): Uint32Array {
    const broken: number[] = [];
    let unit = 0;
    for (const [number, page] of this.pages.entries()) {
      this.#firstUnits[number] = unit;
      let [end, line] = [0, 0];
      for (const stop = unit + page.units; unit < stop; unit++) {
        const said = reader.unsigned();
        let gap = 1;
        if (said % 2 === 1) {
          gap = reader.unsigned();
          const below = reader.unsigned();
          line += below >> 1;
          if (below & 1) broken.push(unit);
        }
        this.#starts[unit] = end + gap;
        end += gap + Math.floor(said / 2);
        this.#ends[unit] = end;
        this.#lines[unit] = line;
      }
    }
    this.#firstUnits[this.pages.length] = unit;
    return Uint32Array.from(broken);
  }

  /** The page that a unit is on, by its number. */
  pageOf(unit: number): number {
    let [low, high] = [0, this.pages.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#firstUnits[middle + 1] ?? 0) > unit) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The part of a range on one page, as the units of its text; undefined where it isn't there. */
  spanOn(page: number, { first, last }: UnitRange): { readonly start: number; readonly end: number } | undefined {
    const from = Math.max(first, this.#firstUnits[page] ?? 0);
    const to = Math.min(last, (this.#firstUnits[page + 1] ?? 0) - 1);
    return from > to ? undefined : { start: this.#starts[from] ?? 0, end: this.#ends[to] ?? 0 };
  }

  /** Parts of equal length by their first units, in order, with the pages on which each begins and ends. */
  eachOnPages(firsts: Uint32Array, units: number, each: (first: number, from: number, to: number) => void): void {
    let page = 0;
    for (let place = 0; place < firsts.length; place++) {
      const first = firsts[place] ?? 0;
      page = this.#pageFrom(page, first);
      each(first, page, this.#pageFrom(page, first + units - 1));
    }
  }

  /** On how many lines of some pages ranges are seen: both of a word that is broken. */
  linesOf({ firsts, lasts, areWords }: UnitRanges, isSeen: (page: number) => boolean): number {
    const seen = Uint8Array.from(this.pages, (_, page) => (isSeen(page) ? 1 : 0));
    // Most searches are for one word, and all pages are there.
    if (areWords && seen.every((is) => is === 1)) return firsts.length + sharedBy(firsts, this.#broken);
    let [lines, page] = [0, 0];
    for (let place = 0; place < firsts.length; place++) {
      const first = firsts[place] ?? 0;
      const last = lasts[place] ?? 0;
      page = this.#pageFrom(page, first);
      let on = page;
      let from = first;
      for (let next = this.#firstUnits[on + 1] ?? 0; next <= last; next = this.#firstUnits[on + 1] ?? 0) {
        if (from < next && seen[on]) lines += this.#linesBetween(from, next - 1);
        from = next;
        on++;
      }
      if (seen[on]) lines += this.#linesBetween(from, last);
    }
    return lines;
  }

  #linesBetween(from: number, to: number): number {
    const isBroken = this.#broken[firstNotBelow(this.#broken, to)] === to;
    return (this.#lines[to] ?? 0) + (isBroken ? 1 : 0) - (this.#lines[from] ?? 0) + 1;
  }

  /** The page of a unit that is not before a page. */
  #pageFrom(page: number, unit: number): number {
    let on = page;
    while ((this.#firstUnits[on + 1] ?? Number.POSITIVE_INFINITY) <= unit) on++;
    return on;
  }

  /** A term as it is mostly written. */
  writtenAs(term: number): string {
    return this.#written().at(term) || this.terms.at(term);
  }

  countOf(term: number): number {
    return this.#counts[term] ?? 0;
  }

  /** The place of a term among all; undefined where no text has it. */
  termOf(folded: string): number | undefined {
    return this.terms.placeOf(folded);
  }

  /** The terms that begin with a prefix, half-open. */
  termsFrom(prefix: string): { readonly from: number; readonly to: number } {
    return this.terms.beginningWith(prefix);
  }

  /**
   * The terms that are forms of the same word in a language of the object, and the word itself. A word that is typed without its accents has the forms
   * of the one that is written.
   */
  formsOf(folded: string, word: string): readonly number[] {
    const itself = this.termOf(folded);
    const forms = new Set(itself === undefined ? [] : [itself]);
    const words = itself === undefined ? [word] : [word, this.writtenAs(itself)];
    for (const { language, names, starts, members } of this.#stems())
      for (const stemmed of new Set(words.map((form) => stem(form, language)))) {
        if (stemmed === undefined) continue;
        const at = names.placeOf(stemmed);
        if (at !== undefined) for (const term of members.subarray(starts[at], starts[at + 1])) forms.add(term);
      }
    return [...forms];
  }

  /** The term of a unit; of one that was read in several ways, one of them. */
  termAt(unit: number): number {
    return this.#termAt()[unit] ?? 0;
  }

  /** The terms of all units, in the order of the object, and other readings of them: what is found by other means is found by these. */
  sequence(): { readonly terms: readonly string[]; readonly others: readonly string[] } {
    const others: string[] = [];
    const names = [...this.terms];
    for (const [number, term] of names.entries())
      for (const unit of this.unitsOf(number)) if (this.termAt(unit) !== number) others.push(term);
    return { terms: Array.from(this.#termAt(), (term) => names[term] ?? ''), others };
  }

  /** The stems of its words: `language/stem`. */
  stems(): readonly string[] {
    return this.#stems().flatMap(({ language, names }) => Array.from(names, (name) => `${language}/${name}`));
  }

  /** Where terms stand, in order. */
  unitsWith(terms: readonly number[]): Uint32Array {
    const [only, more] = terms;
    if (only === undefined) return new Uint32Array(0);
    if (more === undefined) return this.unitsOf(only);
    const all = new Uint32Array(terms.reduce((sum, term) => sum + this.countOf(term), 0));
    let at = 0;
    for (const term of terms) {
      all.set(this.unitsOf(term), at);
      at += this.countOf(term);
    }
    return all.sort();
  }

  /** Where a term stands, in order. */
  unitsOf(term: number): Uint32Array {
    return readSteps(this.#postings, this.#postingsAt[term] ?? 0, this.countOf(term));
  }
}

function readStems(language: string, names: StringList, bytes: Uint8Array): Stems {
  const reader = new VarintReader(bytes);
  const starts = new Uint32Array(names.length + 1);
  // No number takes less than a byte.
  const members = new Uint32Array(bytes.length);
  let at = 0;
  for (let name = 0; name < names.length; name++) {
    let term = 0;
    for (let left = reader.unsigned(); left > 0; left--) {
      term += reader.unsigned();
      members[at++] = term;
    }
    starts[name + 1] = at;
  }
  return { language, names, starts, members };
}

/** How many numbers two ordered lists have in common. */
function sharedBy(some: Uint32Array, others: Uint32Array): number {
  const [few, many] = some.length < others.length ? [some, others] : [others, some];
  let shared = 0;
  for (const number of few) if (many[firstNotBelow(many, number)] === number) shared++;
  return shared;
}

function firstNotBelow(numbers: Uint32Array, least: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
