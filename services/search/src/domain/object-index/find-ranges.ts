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
  if (clauses.length === 0) return UnitRanges.NONE;
  const found: { readonly units: number; readonly firsts: Uint32Array }[] = [];
  for (const clause of clauses) {
    const phrase = phraseOf(index, clause);
    const firsts = phrase ? findPhrase(index, phrase) : new Uint32Array(0);
    if (!phrase || firsts.length === 0) return UnitRanges.NONE;
    found.push({ units: phrase.units, firsts });
  }
  const [only, more] = found;
  if (only && !more && index.pages.every((_, page) => isSearched(page)))
    return only.units === 1
      ? UnitRanges.ofWords(only.firsts)
      : new UnitRanges(
          only.firsts,
          only.firsts.map((first) => first + only.units - 1),
        );
  // How many of the clauses, in their order, each page has.
  const has = new Uint8Array(index.pages.length);
  for (const [number, { units, firsts }] of found.entries())
    index.eachOnPages(firsts, units, (_, from, to) => {
      for (let page = from; page <= to; page++) if (has[page] === number && isSearched(page)) has[page] = number + 1;
    });
  const isShared = (page: number) => has[page] === clauses.length;
  // Words alone hold nothing but themselves; else first and length are in one number, so that they are compared at once: the longer one first.
  const areWords = found.every(({ units }) => units === 1);
  const keys = found.map(({ units, firsts }) => {
    const those = new Float64Array(firsts.length);
    let count = 0;
    index.eachOnPages(firsts, units, (first, from, to) => {
      if (isShared(from) || isShared(to)) those[count++] = areWords ? first : first * LONGEST + (LONGEST - units);
    });
    return those.subarray(0, count);
  });
  const inOrder = keys.reduce(merged);
  return areWords ? eachOnce(inOrder) : withoutInner(inOrder);
}

function eachOnce(units: Float64Array): UnitRanges {
  const once = new Uint32Array(units.length);
  let count = 0;
  for (const unit of units) if (count === 0 || once[count - 1] !== unit) once[count++] = unit;
  return UnitRanges.ofWords(once.subarray(0, count));
}

function merged(a: Float64Array<ArrayBuffer>, b: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const both = new Float64Array(a.length + b.length);
  let [atA, atB] = [0, 0];
  for (let at = 0; at < both.length; at++) {
    const [one, other] = [a[atA] ?? Number.POSITIVE_INFINITY, b[atB] ?? Number.POSITIVE_INFINITY];
    if (one <= other) atA++;
    else atB++;
    both[at] = Math.min(one, other);
  }
  return both;
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
