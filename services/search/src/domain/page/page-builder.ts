import { Problem } from '@vitrine/platform/problem.ts';
import type { Alternative, Box, PageText, Seconds, Word } from './page-text.ts';

const MAX_WORDS = 1_000_000;
/** Private-use characters mean nothing outside the font that they were made for; lone surrogates are no characters. */
const NO_TEXT = /[\u{e000}-\u{f8ff}\u{f0000}-\u{10ffff}\u{d800}-\u{dfff}\0]/gu;
/** What printers and engines put where a word is broken; a plain hyphen counts only before a small letter. */
const SURE_HYPHEN = /[\u00ad\u00ac\u2e17]$/u;
const PLAIN_HYPHEN = /\p{L}{2}[-\u2010]$/u;
const SMALL_LETTER = /^\p{Ll}/u;

/** A word as a reader of OCR finds it. */
export type FoundWord = {
  readonly text: string;
  readonly box?: Box | undefined;
  /** Which half of a hyphenated word it is, and the whole word, where the OCR says so. */
  readonly half?: 'first' | 'second' | undefined;
  readonly whole?: string | undefined;
  /** No space before it. */
  readonly joined?: boolean | undefined;
  readonly alternatives?: readonly string[] | undefined;
};

/** `whole` is the word where the OCR gives it: then it stands in the text already. */
type Broken = {
  readonly place: number;
  readonly certain: boolean;
  readonly whole: string | undefined;
  readonly breaks: number;
  readonly blocks: number;
};

/** Puts a page together in reading order, and the halves of broken words. */
export class PageBuilder {
  /** Gaps and words by turns: the last word may yet become longer. */
  readonly #pieces: string[] = [];
  #length = 0;
  #line = 0;
  #breaks = 0;
  #blocks = 0;
  #gap = '';
  #broken: Broken | undefined;
  #lineHasWords = false;
  /** The second half of a word stands on this line. */
  #lineHasRest = false;
  readonly #words: Word[] = [];
  readonly #times = new Map<number, Seconds>();
  readonly #languages: { start: number; language: string }[] = [];
  readonly #alternatives: Alternative[] = [];
  width: number | undefined;
  height: number | undefined;

  block(): void {
    this.#endLine('\n\n');
    this.#blocks++;
  }

  line(time?: Seconds): void {
    this.#endLine('\n');
    if (time) this.#times.set(this.#line, time);
  }

  #endLine(gap: '\n' | '\n\n'): void {
    if (this.#lineHasWords || this.#lineHasRest) this.#line++;
    this.#lineHasWords = false;
    this.#lineHasRest = false;
    this.#breaks++;
    if (this.#gap !== '\n\n') this.#gap = gap;
  }

  language(language: string | undefined): void {
    if (language !== undefined && this.#languages.at(-1)?.language !== language) this.#languages.push({ start: this.#length, language });
  }

  /** @throws Problem `text-too-long` */
  word({ text, box, half, whole, joined, alternatives = [] }: FoundWord): void {
    const content = clean(text);
    if (content === '') return;
    if (this.#words.length >= MAX_WORDS) throw new Problem('text-too-long', { detail: `more than ${MAX_WORDS} words` });
    const broken = this.#broken;
    this.#broken = undefined;
    if (broken && this.#isRest(broken, content, half)) {
      this.#mend(broken, content, box);
      this.#noteBreak(content, false, undefined);
      return;
    }
    const gap = this.#length === 0 ? '' : !this.#lineHasWords ? this.#gap || '\n' : joined ? '' : ' ';
    this.#gap = '';
    this.#lineHasWords = true;
    const given = half === 'first' && whole !== undefined && clean(whole) !== '' ? clean(whole) : undefined;
    const written = given ?? content;
    const start = this.#length + gap.length;
    this.#pieces.push(gap, written);
    this.#length = start + written.length;
    this.#words.push({ start, end: this.#length, line: this.#line, ...(box ? { box } : {}) });
    for (const other of alternatives)
      if (clean(other) !== '') this.#alternatives.push({ word: this.#words.length - 1, text: clean(other) });
    this.#noteBreak(content, half === 'first', given);
  }

  build(): PageText {
    return {
      width: this.width,
      height: this.height,
      text: this.#pieces.join(''),
      words: this.#words,
      times: this.#times,
      languages: this.#languages,
      alternatives: this.#alternatives,
    };
  }

  /** A word that may go on: it does if it is the last of its line. */
  #noteBreak(content: string, isHalf: boolean, whole: string | undefined): void {
    const certain = isHalf || SURE_HYPHEN.test(content);
    if (!certain && !PLAIN_HYPHEN.test(content)) return;
    this.#broken = { place: this.#words.length - 1, certain, whole, breaks: this.#breaks, blocks: this.#blocks };
  }

  #isRest({ certain, breaks, blocks }: Broken, content: string, half: FoundWord['half']): boolean {
    if (breaks === this.#breaks || half === 'first') return false;
    return half === 'second' || certain || (blocks === this.#blocks && SMALL_LETTER.test(content));
  }

  #mend({ place, whole }: Broken, content: string, box: Box | undefined): void {
    const first = this.#words[place];
    if (!first) return;
    const begun = (this.#pieces.pop() ?? '').replace(/[\u00ad\u00ac\u2e17\u2010-]$/u, '');
    const entire = whole ?? begun + content;
    this.#pieces.push(entire);
    this.#length = first.start + entire.length;
    this.#words[place] = { ...first, end: this.#length, ...(box && !first.rest ? { rest: box } : {}) };
    // What follows it stands on the line of its second half.
    this.#gap = '\n';
    this.#lineHasRest = true;
  }
}

const clean = (text: string): string => text.normalize('NFC').replace(NO_TEXT, '').replace(/\s+/g, ' ').trim();
