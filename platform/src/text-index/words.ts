import type { Clause, Span } from './port.ts';

type Word = Span & { readonly folded: string };

const WORD = /[\p{L}\p{N}\p{M}\p{Co}]+/gu;

/** The words of a text with their places, folded: without case and without accents. What the index compares, and nothing else. */
export function wordsOf(text: string): Word[] {
  return [...text.matchAll(WORD)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    folded: fold(match[0]),
  }));
}

function fold(word: string): string {
  return word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A clause as a row of words: several words stand one after the other. Undefined for a clause without a word, which matches nothing. */
export function clauseWords({ text }: Clause): string[] | undefined {
  const words = wordsOf(text).map(({ folded }) => folded);
  return words.length > 0 ? words : undefined;
}

/** Where the clauses stand in a text, from its start to its end; spans that touch the same words are joined. */
export function findSpans(text: string, clauses: readonly (readonly string[])[]): Span[] {
  const words = wordsOf(text);
  const found = clauses.flatMap((clause) =>
    words.flatMap((first, at): Span[] => {
      const last = words[at + clause.length - 1];
      return last && clause.every((word, n) => words[at + n]?.folded === word) ? [{ start: first.start, end: last.end }] : [];
    }),
  );
  const joined: { start: number; end: number }[] = [];
  for (const span of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const before = joined.at(-1);
    if (before && span.start < before.end) before.end = Math.max(before.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}
