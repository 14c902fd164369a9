import type { Span } from '@vitrine/platform/text-index/port.ts';
import type { Box, PageText, Word } from './page-text.ts';

/** A match on one line: the text there, and the box of its words in whole pixels of the canvas. */
export type LineMatch = { readonly start: number; readonly end: number; readonly line: number; readonly box: Box };

type Canvas = { readonly width: number; readonly height: number };

/** The boxes of a match, one a line: neighbours on a line are joined, the page's unit is scaled to the canvas. */
export function matchBoxes(page: PageText, { start, end }: Span, canvas: Canvas): LineMatch[] {
  const lines = new Map<number, Word[]>();
  for (let at = firstEndingAfter(page.words, start); at < page.words.length; at++) {
    const word = page.words[at];
    if (!word || word.start >= end) break;
    const line = lines.get(word.line);
    if (line) line.push(word);
    else lines.set(word.line, [word]);
  }
  return [...lines].map(([line, words]) => ({
    start: Math.min(...words.map((word) => word.start)),
    end: Math.max(...words.map((word) => word.end)),
    line,
    box: scaled(union(words.map(({ box }) => box)), page, canvas),
  }));
}

/** Words are in the order of their starts and don't overlap, so a binary search finds the first of a span. */
function firstEndingAfter(words: readonly Word[], offset: number): number {
  let [low, high] = [0, words.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((words[middle]?.end ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function union(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

/** Without a page size the coordinates are taken as pixels of the canvas. What OCR puts outside the page is cut to it. */
function scaled(box: Box, page: PageText, canvas: Canvas): Box {
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
