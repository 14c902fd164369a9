import type { Clause } from '../content-search/search-query.ts';
import { findPhrase, phraseOf } from './find-clause.ts';
import type { ObjectIndex } from './object-index.ts';
import { UnitRanges } from './unit-ranges.ts';

/** More units than a query has room for. */
const LONGEST = 4096;

/**
 * What a query finds, in the order of the object: the matches of its words and phrases on the pages that hold them all. What lies within another
 * match is a part of it.
 *
 * @param isSearched the pages that are searched, by their number
 */
export function findRanges(index: ObjectIndex, clauses: readonly Clause[], isSearched: (page: number) => boolean): UnitRanges {
  const found: { readonly units: number; readonly firsts: Uint32Array }[] = [];
  for (const clause of clauses) {
    const phrase = phraseOf(index, clause);
    const firsts = phrase ? findPhrase(index, phrase) : new Uint32Array(0);
    if (!phrase || firsts.length === 0) return UnitRanges.NONE;
    found.push({ units: phrase.units, firsts });
  }
  const [only, more] = found;
  if (only && !more && index.pages.every((_, page) => isSearched(page)))
    return new UnitRanges(only.firsts, only.units === 1 ? only.firsts : only.firsts.map((first) => first + only.units - 1));
  // How many of the clauses, in their order, each page has.
  const has = new Uint8Array(index.pages.length);
  for (const [number, { units, firsts }] of found.entries())
    index.eachOnPages(firsts, units, (_, from, to) => {
      for (let page = from; page <= to; page++) if (has[page] === number && isSearched(page)) has[page] = number + 1;
    });
  const isShared = (page: number) => has[page] === clauses.length;
  const total = found.reduce((sum, { firsts }) => sum + firsts.length, 0);
  // First and length in one number, so that they are sorted as numbers: the longer one first.
  const keys = new Float64Array(total);
  let count = 0;
  for (const { units, firsts } of found)
    index.eachOnPages(firsts, units, (first, from, to) => {
      if (isShared(from) || isShared(to)) keys[count++] = first * LONGEST + (LONGEST - units);
    });
  const kept = keys.subarray(0, count);
  return withoutInner(found.length > 1 ? kept.sort() : kept);
}

function withoutInner(keys: Float64Array): UnitRanges {
  const [firsts, lasts] = [new Uint32Array(keys.length), new Uint32Array(keys.length)];
  let count = 0;
  let reached = -1;
  for (const key of keys) {
    const first = Math.floor(key / LONGEST);
    const last = first + LONGEST - (key % LONGEST) - 1;
    if (last <= reached) continue;
    reached = last;
    firsts[count] = first;
    lasts[count++] = last;
  }
  return new UnitRanges(firsts.subarray(0, count), lasts.subarray(0, count));
}
