import { fold } from './fold.ts';
import { areNeighbours, unitsOf } from './units.ts';

/** What a unit is found by: a word as it is compared; of writing without spaces a character with the one that follows it. */
export type UnitTerm = {
  readonly term: string;
  readonly written: string;
  readonly isCharacter: boolean;
  readonly followsCharacter: boolean;
};

/** The terms of a text, one a unit. */
export function termsOf(text: string): UnitTerm[] {
  const units = [...unitsOf(text)];
  return units.map(({ start, end, isCharacter }, place) => {
    const written = text.slice(start, end);
    const [before, next] = [units[place - 1], units[place + 1]];
    const isBeside = (one: typeof before, other: typeof before): boolean =>
      one?.isCharacter === true &&
      other?.isCharacter === true &&
      areNeighbours(text.slice(one.start, one.end), text.slice(one.end, other.start), text.slice(other.start, other.end));
    const here = units[place];
    const pair = next && isBeside(here, next) ? text.slice(next.start, next.end) : '';
    return { term: fold(written) + fold(pair), written, isCharacter, followsCharacter: isBeside(before, here) };
  });
}

/** Terms in a row as a person typed them. */
export type Row = {
  readonly terms: readonly UnitTerm[];
  /** Of the last term only the beginning is known: a single character stands with whatever follows it. */
  readonly isPrefix: boolean;
  /** How many units it takes: the last character of several is found with the one before it. */
  readonly units: number;
};

/** Undefined where there is nothing to be found. */
export function rowOf(text: string): Row | undefined {
  const terms = termsOf(text);
  const last = terms.at(-1);
  if (!last) return undefined;
  const isCovered = last.isCharacter && last.followsCharacter;
  return {
    terms: isCovered ? terms.slice(0, -1) : terms,
    isPrefix: last.isCharacter && !last.followsCharacter,
    units: terms.length,
  };
}
