import { rowOf } from '../analysis/terms.ts';
import type { Clause } from '../content-search/search-query.ts';
import type { ObjectIndex, UnitRange } from './object-index.ts';

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

/** Where a phrase stands, in order, over the ends of lines and pages. */
export function findPhrase(index: ObjectIndex, { places, units: length }: Phrase): UnitRange[] {
  const lists = places.map((terms, offset) => ({ offset, units: index.unitsWith(terms) })).sort((a, b) => a.units.length - b.units.length);
  const [rarest, ...others] = lists;
  if (!rarest) return [];
  const cursors = others.map(() => 0);
  const found: UnitRange[] = [];
  for (const unit of rarest.units) {
    const first = unit - rarest.offset;
    if (first < 0 || first + length > index.units) continue;
    const isThere = others.every(({ offset, units }, n) => {
      let cursor = cursors[n] ?? 0;
      while (cursor < units.length && (units[cursor] ?? 0) < first + offset) cursor++;
      cursors[n] = cursor;
      return units[cursor] === first + offset;
    });
    if (isThere) found.push({ first, last: first + length - 1 });
  }
  return found;
}
