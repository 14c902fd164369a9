import Type, { type Static } from 'typebox';

/** A box in the units of the OCR's page. */
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** A word: where it stands in the text (UTF-16 units, half-open), on which line, and where it is seen. */
export type Word = { readonly start: number; readonly end: number; readonly line: number; readonly box: Box };

/** A page's text in reading order, NFC, words apart by a space, lines by a line feed, and its words in the order of their starts. */
export type PageText = {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly text: string;
  readonly words: readonly Word[];
};

const STRIDE = 7;

/** The page model as it is stored: seven numbers a word (start, end, line, x, y, width, height). */
export const StoredPageText = Type.Object({
  width: Type.Optional(Type.Number()),
  height: Type.Optional(Type.Number()),
  text: Type.String(),
  words: Type.Array(Type.Number()),
});

export function storedPageText({ width, height, text, words }: PageText): Static<typeof StoredPageText> {
  return {
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    text,
    words: words.flatMap(({ start, end, line, box }) => [start, end, line, box.x, box.y, box.width, box.height]),
  };
}

export function pageTextFrom({ width, height, text, words }: Static<typeof StoredPageText>): PageText {
  const parsed: Word[] = [];
  for (let at = 0; at + STRIDE <= words.length; at += STRIDE) {
    const [start = 0, end = 0, line = 0, x = 0, y = 0, w = 0, h = 0] = words.slice(at, at + STRIDE);
    parsed.push({ start, end, line, box: { x, y, width: w, height: h } });
  }
  return { width, height, text, words: parsed };
}
