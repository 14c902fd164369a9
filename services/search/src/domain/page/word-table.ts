import type { Box, PageText, Word } from './page-text.ts';

const BOX = 4;
const REST_BYTES = 100;

/** The words of a page in columns: a fifth of the memory that an object a word takes. They are in the order of their starts, and don't overlap. */
export class WordTable {
  /** Room for so many; those that were added are there. */
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #lines: Uint32Array;
  /** Left, top, width, height of each; the width of a word without a box is NaN. */
  readonly #boxes: Float64Array;
  readonly #rests = new Map<number, Box>();
  #length = 0;

  constructor(room: number) {
    this.#starts = new Uint32Array(room);
    this.#ends = new Uint32Array(room);
    this.#lines = new Uint32Array(room);
    this.#boxes = new Float64Array(room * BOX);
  }

  static of(words: readonly Word[]): WordTable {
    const table = new WordTable(words.length);
    for (const { start, end, line, box, rest } of words) {
      table.add(start, end, line);
      if (box) table.setBox(box.x, box.y, box.width, box.height);
      if (rest) table.setRest(rest);
    }
    return table;
  }

  get length(): number {
    return this.#length;
  }

  /** What it takes of memory, in bytes. */
  get bytes(): number {
    return this.#starts.length * (12 + BOX * 8) + this.#rests.size * REST_BYTES;
  }

  /** A word behind the others; its boxes are set before the next one is added. */
  add(start: number, end: number, line: number): void {
    const place = this.#length++;
    this.#starts[place] = start;
    this.#ends[place] = end;
    this.#lines[place] = line;
    this.#boxes[place * BOX + 2] = Number.NaN;
  }

  setBox(x: number, y: number, width: number, height: number): void {
    const at = (this.#length - 1) * BOX;
    this.#boxes[at] = x;
    this.#boxes[at + 1] = y;
    this.#boxes[at + 2] = width;
    this.#boxes[at + 3] = height;
  }

  setRest(box: Box): void {
    this.#rests.set(this.#length - 1, box);
  }

  startOf(place: number): number {
    return place < this.#length ? (this.#starts[place] ?? 0) : Number.POSITIVE_INFINITY;
  }

  endOf(place: number): number {
    return place < this.#length ? (this.#ends[place] ?? 0) : Number.POSITIVE_INFINITY;
  }

  lineOf(place: number): number | undefined {
    return place < this.#length ? this.#lines[place] : undefined;
  }

  isBroken(place: number): boolean {
    return this.#rests.has(place);
  }

  at(place: number): Word | undefined {
    if (place < 0 || place >= this.#length) return undefined;
    const box = place * BOX;
    const width = this.#boxes[box + 2] ?? Number.NaN;
    const rest = this.#rests.get(place);
    return {
      start: this.#starts[place] ?? 0,
      end: this.#ends[place] ?? 0,
      line: this.#lines[place] ?? 0,
      ...(Number.isNaN(width)
        ? {}
        : { box: { x: this.#boxes[box] ?? 0, y: this.#boxes[box + 1] ?? 0, width, height: this.#boxes[box + 3] ?? 0 } }),
      ...(rest ? { rest } : {}),
    };
  }

  *[Symbol.iterator](): Generator<Word> {
    for (let place = 0; place < this.#length; place++) {
      const word = this.at(place);
      if (word) yield word;
    }
  }

  /** The place of the first word that ends behind an offset. */
  firstEndingAfter(offset: number): number {
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A page as it is read from its file. */
export type StoredPage = Omit<PageText, 'words'> & { readonly words: WordTable };

export const storedPage = (page: PageText): StoredPage => ({ ...page, words: WordTable.of(page.words) });
