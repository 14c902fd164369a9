/** The text of one canvas. */
type IndexedText = {
  readonly id: string;
  /** The group that searches are limited to: an object. */
  readonly group: string;
  /** The place among the texts of its group; results come in this order. */
  readonly order: number;
  /** NFC, without private-use characters. */
  readonly text: string;
};

/** A word, or a phrase of several words in a row, as a person typed it. */
export type Clause = { readonly kind: 'word' | 'phrase'; readonly text: string };

/** A match: half-open, in UTF-16 units of the text that was put. */
export type Span = { readonly start: number; readonly end: number };

export type TextMatch = { readonly id: string; readonly order: number; readonly spans: readonly Span[] };

export type TextQuery = {
  readonly group: string;
  /** A text matches when it holds every clause. */
  readonly clauses: readonly Clause[];
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: number;
};

/**
 * Full text with the offsets of what matched.
 *
 * put() replaces what had the id, each text as a whole. Words are compared without case and without accents; a clause of
 * only punctuation matches nothing. A phrase is one span from its first to its last word, over line ends too.
 * Everything acknowledged is findable a second later and survives the death of the machine. The index is derived: drop() empties it.
 * An index that can't be reached throws `port-unavailable`.
 */
export interface TextIndex {
  put(texts: readonly IndexedText[]): Promise<void>;
  delete(ids: readonly string[]): Promise<void>;
  search(query: TextQuery): Promise<{ readonly matches: readonly TextMatch[]; readonly next?: number }>;
  count(): Promise<number>;
  drop(): Promise<void>;
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
