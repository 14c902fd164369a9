import { termsOf } from '../analysis/terms.ts';
import { QUOTES } from '../content-search/search-query.ts';
import { findPhrase } from './find-clause.ts';
import type { ObjectIndex } from './object-index.ts';

/** Words that go on as a person began them, as they are mostly written, and how often they stand there. */
export type Completion = { readonly value: string; readonly total: number };

/**
 * How often what was begun goes on in which way. Of several words all but the last stand as they are, before the completions of the last.
 *
 * @param isSearched the pages that are counted, by their number
 */
export function complete(index: ObjectIndex, asked: string, isSearched: (page: number) => boolean): ReadonlyMap<string, number> {
  // A completion is searched for between quotation marks.
  const begun = asked.replace(QUOTES, ' ').trimStart();
  const terms = termsOf(begun);
  const last = terms.at(-1);
  if (!last) return new Map();
  const lead = terms.slice(0, -1).map(({ term }) => index.termOf(term));
  const { from, to } = index.termsFrom(last.term);
  const totals = new Map<number, number>();
  if (lead.length === 0) {
    const isWhole = index.pages.every((_, page) => isSearched(page));
    for (let term = from; term < to; term++)
      totals.set(term, isWhole ? index.countOf(term) : index.unitsOf(term).filter((unit) => isSearched(index.pageOf(unit))).length);
  } else {
    const places = lead.flatMap((term) => (term === undefined ? [] : [[term]]));
    const before = places.length < lead.length ? [] : findPhrase(index, { places, units: places.length });
    for (const first of before) {
      const unit = first + lead.length;
      if (unit >= index.units || !isSearched(index.pageOf(unit))) continue;
      const term = index.termAt(unit);
      if (term >= from && term < to) totals.set(term, (totals.get(term) ?? 0) + 1);
    }
  }
  const typed = begun.slice(0, begun.lastIndexOf(last.written));
  return new Map(
    // A character alone completes nothing: a search for it finds whatever follows.
    [...totals].flatMap(([term, total]) =>
      total === 0 || (last.isCharacter && index.terms.at(term) === last.term) ? [] : [[typed + index.writtenAs(term), total] as const],
    ),
  );
}

/** The most frequent ones, in the order of the alphabet (Content Search 2.0, 5.2). */
export function mostFrequent(totals: ReadonlyMap<string, number>, least: number, most: number): Completion[] {
  return [...totals]
    .map(([value, total]) => ({ value, total }))
    .filter(({ total }) => total >= least)
    .sort((a, b) => b.total - a.total || compare(a.value, b.value))
    .slice(0, most)
    .sort((a, b) => ALPHABET.compare(a.value, b.value) || compare(a.value, b.value));
}

const ALPHABET = new Intl.Collator('und');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
