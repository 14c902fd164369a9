import { rowOf } from '../analysis/terms.ts';
import type { Clause } from '../content-search/search-query.ts';
import type { ObjectIndex } from './object-index.ts';

/** For each unit of a phrase the terms that may stand there; units past the last of them are whatever they are. */
export type Phrase = { readonly places: readonly (readonly number[])[]; readonly units: number };

/** The terms of what a person typed: a word in any of its forms, a quoted phrase as it is written; undefined where the object lacks one of them. */
export function phraseOf(index: ObjectIndex, { kind, text }: Clause): Phrase | undefined {
  const row = rowOf(text);
  if (!row) return undefined;
  const places = row.terms.map(({ term, written, isCharacter }, place) => {
    if (row.isPrefix && place === row.terms.length - 1) return rangeOf(index.termsFrom(term));
    if (kind === 'word' && !isCharacter) return index.formsOf(term, written);
    const exact = index.termOf(term);
    return exact === undefined ? [] : [exact];
  });
  return places.some((terms) => terms.length === 0) ? undefined : { places, units: row.units };
}

const rangeOf = ({ from, to }: { readonly from: number; readonly to: number }): number[] =>
  Array.from({ length: to - from }, (_, n) => from + n);

/** The first units of where a phrase stands, in order, over the ends of lines and pages. */
export function findPhrase(index: ObjectIndex, { places, units: length }: Phrase): Uint32Array {
  const lists = places.map((terms, offset) => ({ offset, units: index.unitsWith(terms) })).sort((a, b) => a.units.length - b.units.length);
  const [rarest, ...others] = lists;
  if (!rarest) return new Uint32Array(0);
  if (others.length === 0 && length === 1) return rarest.units;
  const cursors = new Uint32Array(others.length);
  const found = new Uint32Array(rarest.units.length);
  let count = 0;
  for (const unit of rarest.units) {
    const first = unit - rarest.offset;
    if (first < 0 || first + length > index.units) continue;
    if (others.every(({ offset, units }, n) => standsAt(units, cursors, n, first + offset))) found[count++] = first;
  }
  return found.subarray(0, count);
}

/** Whether a list has a unit; what is asked for only grows, so its cursor never goes back. */
function standsAt(units: Uint32Array, cursors: Uint32Array, n: number, wanted: number): boolean {
  let cursor = cursors[n] ?? 0;
  while (cursor < units.length && (units[cursor] ?? 0) < wanted) cursor++;
  cursors[n] = cursor;
  return units[cursor] === wanted;
}
