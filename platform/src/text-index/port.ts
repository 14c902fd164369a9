/** What is searched, in the order of how much a match there counts. */
export const FIELDS = ['label', 'metadata', 'text', 'forms'] as const;
export type Field = (typeof FIELDS)[number];

/** One object. */
export type IndexedObject = {
  readonly id: string;
  /** Of the object; what is put of an older one changes nothing. */
  readonly revision: number;
  /** Words of each field as they are compared, parted by spaces; a word is of anything but spaces, controls and quotation marks, and at most 200 characters long. */
  readonly words: Readonly<Record<Field, string>>;
  /** What filters and facets go by: `name=value`. */
  readonly keywords: readonly string[];
  /** Results are sorted by it, by its bytes. */
  readonly title: string;
  /** Of the time that it is about; a year, or undefined where nobody knows. */
  readonly begin?: number;
  readonly end?: number;
};

/** Words in a row in any of the fields; of the last one only the beginning, where it says so. */
export type Term = { readonly fields: readonly Field[]; readonly words: readonly string[]; readonly isPrefix?: boolean };

export const SORTS = ['relevance', 'id', 'title', 'oldest', 'newest'] as const;
export type Sort = (typeof SORTS)[number];

export type ObjectQuery = {
  /** An object matches when it has any of the terms of each. */
  readonly all: readonly (readonly Term[])[];
  /** And any of the keywords of each. */
  readonly keywords: readonly (readonly string[])[];
  /** And its time touches this one, both within. */
  readonly time?: { readonly from: number; readonly to: number };
  /** Without a term, relevance is the order of ids; objects without a time come last in its order; what is equal comes in the order of ids. */
  readonly sort: Sort;
  /** Results to leave out, at most `DEEPEST` with the limit. */
  readonly from: number;
  readonly limit: number;
  /** Only ids behind this one; for `sort: id`, instead of `from`. */
  readonly after?: string;
  /** The most frequent values of these keywords' names among all that matches. */
  readonly facets: readonly { readonly name: string; readonly limit: number }[];
};

/** How far results can be leafed through; further `after` leads. */
export const DEEPEST = 10_000;

export type Found = {
  readonly ids: readonly string[];
  readonly total: number;
  readonly facets: ReadonlyMap<string, readonly { readonly value: string; readonly count: number }[]>;
};

/**
 * Full text of objects, with filters and facets. What a word is and how it is compared is said by whoever puts and asks, so every engine answers alike.
 *
 * put() replaces what had the id, as a whole. Everything acknowledged is findable a second later and survives the death of the machine.
 * The index is derived: drop() empties it. An index that can't be reached throws `port-unavailable`.
 */
export interface TextIndex {
  put(objects: readonly IndexedObject[]): Promise<void>;
  /** Of a newer revision nothing is deleted. */
  delete(objects: readonly Pick<IndexedObject, 'id' | 'revision'>[]): Promise<void>;
  search(query: ObjectQuery): Promise<Found>;
  count(): Promise<number>;
  drop(): Promise<void>;
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
