import type { FoundWord } from '../page/page-builder.ts';
import type { Box } from '../page/page-text.ts';
import { partsOfBox } from '../page/part-of-box.ts';

/** The words of a line of which only the whole has a place: each takes its share of it. */
export function wordsOfLine(text: string, box: Box | undefined): FoundWord[] {
  const trimmed = text.replace(/\s+/g, ' ').trim();
  const part = box && partsOfBox(box, trimmed);
  return [...trimmed.matchAll(/\S+/g)].map(({ 0: word, index }) => ({
    text: word,
    box: part?.(index, index + word.length),
  }));
}
