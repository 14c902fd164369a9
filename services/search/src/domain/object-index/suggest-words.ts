import { termsOf } from '../analysis/terms.ts';
import { editDistance } from './edit-distance.ts';
import type { ObjectIndex } from './object-index.ts';

/** Shorter words have too many neighbours to tell which was meant. */
const SHORTEST = 4;
/** From this length on two letters may be wrong. */
const LONG = 7;
/** A word that stands there once may be a fault of the OCR. */
const LEAST_COUNT = 2;

/** Words of the object that are written almost as one that it hasn't or hardly has: the nearest first, of those the most frequent. */
export function suggestWords(index: ObjectIndex, word: string, most: number): readonly string[] {
  const [typed, more] = termsOf(word);
  if (!typed || more || typed.isCharacter || typed.term.length < SHORTEST) return [];
  const { term: wanted } = typed;
  const itself = index.termOf(wanted);
  const least = Math.max(LEAST_COUNT, (itself === undefined ? 0 : index.countOf(itself)) + 1);
  const allowed = wanted.length < LONG ? 1 : 2;
  const letters = lettersOf(wanted);
  const near: { term: number; edits: number; count: number }[] = [];
  for (let term = 0; term < index.terms.length; term++) {
    const count = index.countOf(term);
    if (count < least) continue;
    const other = index.terms.at(term);
    if (Math.abs(other.length - wanted.length) > allowed) continue;
    // Each edit changes at most two kinds of letters.
    if (bits(lettersOf(other) ^ letters) > 2 * allowed) continue;
    const edits = editDistance(wanted, other, allowed);
    if (edits > 0 && edits <= allowed) near.push({ term, edits, count });
  }
  return near
    .sort((a, b) => a.edits - b.edits || b.count - a.count || a.term - b.term)
    .slice(0, most)
    .map(({ term }) => index.writtenAs(term));
}

/** Which kinds of letters a word has: a bit for each of 32. */
function lettersOf(word: string): number {
  let letters = 0;
  for (let at = 0; at < word.length; at++) letters |= 1 << (word.charCodeAt(at) & 31);
  return letters;
}

function bits(value: number): number {
  let left = value;
  let count = 0;
  for (; left !== 0; count++) left &= left - 1;
  return count;
}
