import type { Clause } from '../content-search/search-query.ts';
import { findPhrase, phraseOf } from './find-clause.ts';
import type { ObjectIndex, UnitRange } from './object-index.ts';

/**
 * What a query finds, in the order of the object: the matches of its words and phrases on the pages that hold them all. What lies within another
 * match is a part of it.
 *
 * @param isSearched the pages that are searched, by their number
 */
export function findRanges(index: ObjectIndex, clauses: readonly Clause[], isSearched: (page: number) => boolean): readonly UnitRange[] {
  const found: UnitRange[][] = [];
  for (const clause of clauses) {
    const phrase = phraseOf(index, clause);
    const ranges = phrase ? findPhrase(index, phrase) : [];
    if (ranges.length === 0) return [];
    found.push(ranges);
  }
  const placed = found.map((ranges) => ranges.map((range) => ({ range, from: index.pageOf(range.first), to: index.pageOf(range.last) })));
  let shared: ReadonlySet<number> | undefined;
  for (const ranges of placed) {
    const pages = new Set<number>();
    for (const { from, to } of ranges)
      for (let page = from; page <= to; page++) if (isSearched(page) && (shared?.has(page) ?? true)) pages.add(page);
    shared = pages;
  }
  const isShared = (page: number) => shared?.has(page) ?? false;
  return withoutInner(
    placed
      .flat()
      .filter(({ from, to }) => isShared(from) || isShared(to))
      .map(({ range }) => range),
  );
}

function withoutInner(ranges: UnitRange[]): readonly UnitRange[] {
  let reached = -1;
  return ranges
    .sort((a, b) => a.first - b.first || b.last - a.last)
    .filter(({ last }) => {
      if (last <= reached) return false;
      reached = last;
      return true;
    });
}
