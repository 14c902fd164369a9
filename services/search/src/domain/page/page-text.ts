/** A box in the units of the OCR's page. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** Seconds of a recording in which a line is said. */
export type Seconds = { readonly from: number; readonly to: number };

/** A word as it stands in the text (UTF-16 units, half-open), on which line, and where it is seen. */
export type Word = {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** Absent where the OCR doesn't say: the word is found, but not shown at a place of its own. */
  readonly box?: Box;
  /** The second half of a hyphenated word, on the line that follows. */
  readonly rest?: Box;
};

/** What OCR was also in doubt of. */
export type Alternative = { readonly word: number; readonly text: string };

/**
 * A page's text in reading order, NFC, without private-use characters: words apart by a space, lines by a line feed, blocks by two. A hyphenated
 * word is one word in the line where it begins. Words are in the order of their starts and don't overlap.
 */
export type PageText = {
  /** The size of the OCR's page, in its own unit; undefined where its coordinates are pixels of the canvas. */
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly text: string;
  readonly words: readonly Word[];
  /** By line, of a recording. */
  readonly times: ReadonlyMap<number, Seconds>;
  /** BCP 47, from an offset of the text on. */
  readonly languages: readonly { readonly start: number; readonly language: string }[];
  readonly alternatives: readonly Alternative[];
};
