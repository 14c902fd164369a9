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
    this.length = words.length;
    this.#starts = Uint32Array.from(words, ({ start }) => start);
    this.#ends = Uint32Array.from(words, ({ end }) => end);
    this.#lines = Uint32Array.from(words, ({ line }) => line);
    this.#boxes = new Float64Array(words.length * BOX).fill(Number.NaN);
    for (const [place, { box, rest }] of words.entries()) {
      if (box) this.#boxes.set([box.x, box.y, box.width, box.height], place * BOX);
      if (rest) this.#rests.set(place, rest);
    }
    this.bytes = words.length * (12 + BOX * 8) + this.#rests.size * 100;
  }

  at(place: number): Word | undefined {
    if (place < 0 || place >= this.length) return undefined;
    const [x = 0, y = 0, width = Number.NaN, height = 0] = this.#boxes.subarray(place * BOX, (place + 1) * BOX);
    const rest = this.#rests.get(place);
    return {
      start: this.#starts[place] ?? 0,
      end: this.#ends[place] ?? 0,
      line: this.#lines[place] ?? 0,
      ...(Number.isNaN(width) ? {} : { box: { x, y, width, height } }),
      ...(rest ? { rest } : {}),
    };
  }
}

/** A page as hits are made of it. */
export type StoredPage = Pick<PageText, 'width' | 'height' | 'text' | 'times'> & {
  readonly words: { readonly length: number; at(place: number): Word | undefined };
};
