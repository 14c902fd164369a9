import type { Box, Seconds, Word } from './page/page-text.ts';
import { partsOfBox } from './page/part-of-box.ts';
import type { StoredPage } from './page/word-table.ts';

/** A part of a page's text: UTF-16 units, half-open. */
export type Span = { readonly start: number; readonly end: number };

type Canvas = { readonly width: number; readonly height: number };

/** A match on one line: the text there, and where it is seen in whole pixels of the canvas, or heard; neither where nobody knows. */
export type LineMatch = {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly box?: Box;
  readonly time?: Seconds;
};

type Line = { start: number; end: number; readonly boxes: Box[] };

/** Writing without spaces: a match may be a part of what OCR holds for a word. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The lines of a match: neighbours on a line are joined, a word over two lines is on both, the page's unit is scaled to the canvas. */
export function matchPlaces(page: StoredPage, { start, end }: Span, canvas: Canvas): LineMatch[] {
  const lines = new Map<number, Line>();
  const lineAt = (number: number, word: Word): Line => {
    const isCut = isWithoutSpaces(page.text, word);
    const line = lines.get(number) ?? { start: isCut ? Math.max(start, word.start) : word.start, end: word.end, boxes: [] };
    lines.set(number, line);
    line.end = isCut ? Math.min(end, word.end) : word.end;
    return line;
  };
  for (let at = page.words.firstEndingAfter(start); at < page.words.length; at++) {
    const word = page.words.at(at);
    if (!word || word.start >= end) break;
    const line = lineAt(word.line, word);
    if (word.box) line.boxes.push(matchedPart(page.text, word, word.box, start, end));
    if (word.rest) lineAt(word.line + 1, word).boxes.push(word.rest);
  }
  return [...lines].map(([number, line]) => {
    const time = page.times.get(number);
    return {
      start: line.start,
      end: line.end,
      line: number,
      ...(line.boxes.length > 0 ? { box: scaled(union(line.boxes), page, canvas) } : {}),
      ...(time ? { time } : {}),
    };
  });
}

function matchedPart(text: string, word: Word, box: Box, start: number, end: number): Box {
  const within = start > word.start || end < word.end;
  if (!within || !isWithoutSpaces(text, word)) return box;
  const written = text.slice(word.start, word.end);
  return partsOfBox(box, written)(Math.max(0, start - word.start), Math.min(written.length, end - word.start));
}

const isWithoutSpaces = (text: string, { start, end, rest }: Word): boolean => !rest && WITHOUT_SPACES.test(text.slice(start, end));

function union(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Without a page size the coordinates are taken as pixels of the canvas. What OCR puts outside the page is cut to it. */
function scaled(box: Box, page: StoredPage, canvas: Canvas): Box {
  const across = page.width === undefined ? 1 : canvas.width / page.width;
  const down = page.height === undefined ? 1 : canvas.height / page.height;
  const left = clamp(Math.round(box.x * across), 0, canvas.width - 1);
  const top = clamp(Math.round(box.y * down), 0, canvas.height - 1);
  return {
    x: left,
    y: top,
    width: clamp(Math.round(box.width * across), 1, canvas.width - left),
    height: clamp(Math.round(box.height * down), 1, canvas.height - top),
  };
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));
