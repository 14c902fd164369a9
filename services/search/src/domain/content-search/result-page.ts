import type { Hit } from './hits.ts';

/** One page of what a search found, of either version. */
export type ResultPage = {
  /** The address of this page of results, of the first, and of the next. */
  readonly id: string;
  readonly first: string;
  readonly next: string | undefined;
  readonly ignored: readonly string[];
  readonly hits: readonly Hit[];
};

/** Whether these are all that there are, so that they can be counted. */
export const isWhole = ({ id, first, next }: ResultPage): boolean => next === undefined && id === first;
