import { type Hit, hitOf } from './domain/content-search/hits.ts';
import type { Count, Suggestion } from './domain/content-search/result-page.ts';
import type { Clause } from './domain/content-search/search-query.ts';
import { findRanges } from './domain/object-index/find-ranges.ts';
import { suggestWords } from './domain/object-index/suggest-words.ts';
import type { SearchedObject, SearchedObjects } from './searched-objects.ts';

/** Where a search finds no more than this, it is said what may have been meant. */
const LITTLE = 2;
const MOST_SUGGESTIONS = 3;
const WORDS_TRIED = 3;
/** Words of a query that are compared with all of the object: where more are wrong, one written another way doesn't help. */
const CLAUSES_TRIED = 5;

/** Matches of an object, `from` the first of them that is wanted. */
type Slice = { readonly from: number; readonly limit: number };

type Found = { readonly hits: readonly Hit[]; readonly total: Count; readonly before: Count };

/** The matches of a query in one object, all of them counted. `isSearched` leaves out pages beside those that are not shown. */
export async function findInObject(
  { piecesOf }: Pick<SearchedObjects, 'piecesOf'>,
  publicUrl: string,
  searched: SearchedObject,
  clauses: readonly Clause[],
  { from, limit }: Slice,
  isSearched: (page: number) => boolean,
): Promise<Found> {
  const { object, index, canvasOf } = searched;
  const isShown = (page: number) => canvasOf(page) !== undefined;
  const ranges = findRanges(index, clauses, (page) => isSearched(page) && isShown(page));
  const hits: Hit[] = [];
  for (const range of ranges.slice(from, from + limit)) hits.push(hitOf(publicUrl, object, await piecesOf(searched, range)));
  return {
    hits,
    total: { lines: index.linesOf(ranges, isShown), hits: ranges.length },
    before: { lines: index.linesOf(ranges.slice(0, from), isShown), hits: Math.min(from, ranges.length) },
  };
}

/**
 * What may have been meant, of the object's own words: one word of the query written another way, and the whole then found more often.
 *
 * @param addressOf the search for another query
 */
export function suggestionsFor(
  { index, canvasOf }: SearchedObject,
  clauses: readonly Clause[],
  found: number,
  isSearched: (page: number) => boolean,
  addressOf: (q: string) => string,
): Suggestion[] {
  if (found > LITTLE) return [];
  const written = (clause: Clause) => (clause.kind === 'phrase' ? `"${clause.text}"` : clause.text);
  const totals = new Map<string, number>();
  for (const [place, clause] of clauses.slice(0, CLAUSES_TRIED).entries()) {
    if (clause.kind === 'phrase' && clause.text.includes(' ')) continue;
    for (const word of suggestWords(index, clause.text, WORDS_TRIED)) {
      const others = clauses.with(place, { ...clause, text: word });
      const total = findRanges(index, others, (page) => isSearched(page) && canvasOf(page) !== undefined).length;
      if (total > found) totals.set(others.map(written).join(' '), total);
    }
  }
  return [...totals]
    .map(([value, total]) => ({ value, total, id: addressOf(value) }))
    .sort((a, b) => b.total - a.total)
    .slice(0, MOST_SUGGESTIONS);
}
