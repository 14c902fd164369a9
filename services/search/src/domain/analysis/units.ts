/** What can be found: a word, or a character of writing that sets no spaces between words. Half-open, in UTF-16 units. */
export type Unit = { readonly start: number; readonly end: number; readonly isCharacter: boolean };

const CHARACTER =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{scx=Thai}\\p{scx=Lao}\\p{scx=Khmer}\\p{scx=Myanmar}\\p{scx=Tibetan}';
/** A joiner or a soft hyphen within a word is a part of it. */
const UNIT = new RegExp(
  `[[${CHARACTER}]&&[\\p{L}\\p{N}]]\\p{M}*|[[\\p{L}\\p{N}\\p{M}]--[${CHARACTER}]][[\\p{L}\\p{N}\\p{M}\\u00ad\\u200c\\u200d]--[[${CHARACTER}]&&[\\p{L}\\p{N}]]]*`,
  'gv',
);
const FIRST_OF_CHARACTERS = 0x0e00;
const IS_CHARACTER = new RegExp(`^[[${CHARACTER}]&&[\\p{L}\\p{N}]]`, 'v');
const HANGUL = /\p{scx=Hangul}/u;

/** The words and characters of a text, in its order. */
export function* unitsOf(text: string): Generator<Unit> {
  for (const match of text.matchAll(UNIT)) {
    const [written] = match;
    const isCharacter = (written.codePointAt(0) ?? 0) >= FIRST_OF_CHARACTERS && IS_CHARACTER.test(written);
    yield { start: match.index, end: match.index + written.length, isCharacter };
  }
}

/** Whether two characters stand next to one another: lines and engines of OCR break such writing anywhere, but Korean has spaces. */
export function areNeighbours(before: string, between: string, after: string): boolean {
  if (between === '') return true;
  return /^\s*$/.test(between) && !between.includes('\n\n') && !HANGUL.test(before) && !HANGUL.test(after);
}
