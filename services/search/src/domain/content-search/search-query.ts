import { Problem } from '@vitrine/platform/problem.ts';

/** A word, or a phrase of several words in a row, as a person typed it. */
export type Clause = { readonly kind: 'word' | 'phrase'; readonly text: string };

/** What people put around a phrase. */
export const QUOTES = /["“”„«»]/g;

const MAX_LENGTH = 500;
const MAX_CLAUSES = 20;

/**
 * The words and quoted phrases of `q` (Content Search 2.0, 4.1: how several combine is the server's choice; here a canvas must hold all).
 *
 * @throws Problem `search-query-too-long`
 */
export function searchQuery(q: string): readonly Clause[] {
  if (q.length > MAX_LENGTH) throw new Problem('search-query-too-long', { detail: `${q.length} characters, at most ${MAX_LENGTH}` });
  const clauses: Clause[] = [];
  // Pieces at odd places stand between quotation marks; an unclosed one is a phrase to the end.
  for (const [place, piece] of q.normalize('NFC').replace(QUOTES, '"').split('"').entries()) {
    if (place % 2 === 1) clauses.push({ kind: 'phrase', text: piece.trim() });
    else clauses.push(...piece.split(/\s+/).map((text): Clause => ({ kind: 'word', text })));
  }
  const telling = clauses.filter(({ text }) => /[\p{L}\p{N}]/u.test(text));
  if (telling.length > MAX_CLAUSES)
    throw new Problem('search-query-too-long', { detail: `${telling.length} words and phrases, at most ${MAX_CLAUSES}` });
  return telling;
}
