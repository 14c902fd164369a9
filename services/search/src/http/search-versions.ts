import type { ResultPage } from '../domain/content-search/result-page.ts';
import { searchPage1 } from '../domain/content-search/search-1.ts';
import { SEARCH_2, searchPage2 } from '../domain/content-search/search-2.ts';
import { type Terms, termList1, termPage2 } from '../domain/content-search/terms-page.ts';

/** A version of Content Search, as far as its addresses and documents go. */
export type SearchVersion = {
  readonly number: 1 | 2;
  /** Matches a page. */
  readonly hits: number;
  readonly pages: number;
  readonly mediaType: string;
  readonly writeResults: (page: ResultPage) => object;
  readonly writeTerms: (terms: Terms) => object;
};

/** Of 1.0 the viewers that speak it fetch every page before they show one: pages are larger there, and there is an end. */
export const SEARCH_VERSIONS: readonly SearchVersion[] = [
  {
    number: 2,
    hits: 50,
    pages: Number.POSITIVE_INFINITY,
    mediaType: `application/ld+json;profile="${SEARCH_2}"`,
    writeResults: searchPage2,
    writeTerms: termPage2,
  },
  { number: 1, hits: 500, pages: 20, mediaType: 'application/ld+json', writeResults: searchPage1, writeTerms: termList1 },
];
