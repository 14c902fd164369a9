import type { Hit } from './hits.ts';

/** What may have been meant: another way to write what was asked, and how often that is found. */
export type Suggestion = { readonly value: string; readonly total: number; readonly id: string };

/** How many there are, and how many were on the pages before: annotations, one a line, and matches. */
export type Count = { readonly lines: number; readonly hits: number };

/** One page of what a search found, of either version. */
export type ResultPage = {
  /** The addresses of this page of results and of others. */
  readonly id: string;
  readonly first: string;
  readonly last: string | undefined;
  readonly previous: string | undefined;
  readonly next: string | undefined;
  /** Absent where nobody has counted: of a search over many objects. */
  readonly total: Count | undefined;
  readonly before: Count | undefined;
  readonly ignored: readonly string[];
  readonly hits: readonly Hit[];
  readonly suggestions: readonly Suggestion[];
};
