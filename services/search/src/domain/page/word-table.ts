import type { Box, PageText, Word } from './page-text.ts';

const BOX = 4;

/** The words of a page in columns: a fifth of the memory that an object a word takes. */
export class WordTable {
  readonly length: number;
  /** What it takes of memory, in bytes. */
  readonly bytes: number;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #lines: Uint32Array;
  /** Left, top, width, height of each; the width of a word without a box is NaN. */
  readonly #boxes: Float64Array;
  readonly #rests = new Map<number, Box>();

  constructor(words: readonly Word[]) {
    const { length } = words;
    this.length = length;
    this.#starts = new Uint32Array(length);
    this.#ends = new Uint32Array(length);
    this.#lines = new Uint32Array(length);
    this.#boxes = new Float64Array(length * BOX);
    for (let place = 0; place < length; place++) {
      const word = words[place];
      if (!word) continue;
      const { start, end, line, box, rest } = word;
      this.#starts[place] = start;
      this.#ends[place] = end;
      this.#lines[place] = line;
      const at = place * BOX;
      this.#boxes[at] = box?.x ?? 0;
      this.#boxes[at + 1] = box?.y ?? 0;
      this.#boxes[at + 2] = box?.width ?? Number.NaN;
      this.#boxes[at + 3] = box?.height ?? 0;
      if (rest) this.#rests.set(place, rest);
    }
    this.bytes = words.length * (12 + BOX * 8) + this.#rests.size * 100;
  }

  at(place: number): Word | undefined {
    if (place < 0 || place >= this.length) return undefined;
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

  /** The place of the first word that ends behind an offset: words are in the order of their starts, and don't overlap. */
  firstEndingAfter(offset: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A page as hits are made of it. */
export type StoredPage = Pick<PageText, 'width' | 'height' | 'text' | 'times'> & { readonly words: WordTable };

export function storedPage({ width, height, text, times, words }: PageText): StoredPage {
  return { width, height, text, times, words: new WordTable(words) };
}
