import type { Completion } from '../object-index/complete.ts';
import { SEARCH_1 } from './search-1.ts';
import { SEARCH_2 } from './search-2.ts';

/** What an autocompletion answers, of either version. */
export type Terms = {
  readonly id: string;
  /** The address of the search for exactly what is written. */
  readonly searchFor: (q: string) => string;
  readonly items: readonly Completion[];
  /** Whether everything has been counted. */
  readonly isWhole: boolean;
  readonly ignored: readonly string[];
};

/** So many of them are searched for as they are written: what is found is what was counted. */
const quoted = (value: string): string => `"${value}"`;

/** Content Search 2.0, 5.2. */
export function termPage2({ id, searchFor, items, isWhole, ignored }: Terms) {
  return {
    '@context': SEARCH_2,
    id,
    type: 'TermPage' as const,
    ...(ignored.length > 0 ? { ignored } : {}),
    items: items.map(({ value, total }) => ({
      type: 'Term' as const,
      value,
      ...(isWhole ? { total } : {}),
      service: [{ id: searchFor(quoted(value)), type: 'SearchService2' as const }],
    })),
  };
}

/** Content Search 1.0, 4.2. */
export function termList1({ id, searchFor, items, isWhole, ignored }: Terms) {
  return {
    '@context': SEARCH_1,
    '@id': id,
    '@type': 'search:TermList' as const,
    ...(ignored.length > 0 ? { ignored } : {}),
    terms: items.map(({ value, total }) => ({ match: value, url: searchFor(quoted(value)), ...(isWhole ? { count: total } : {}) })),
  };
}
