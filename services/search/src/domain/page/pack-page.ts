import { pageFile, pageFileParts } from '@vitrine/contracts/page-file.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import Type from 'typebox';
import { Check } from 'typebox/value';
import type { Box, PageText, Word } from './page-text.ts';
import { VarintReader, VarintWriter } from './varint.ts';
import { type StoredPage, storedPage, WordTable } from './word-table.ts';

/** How many boxes a word has. */
const NO_BOX = 0;
const BOX = 1;
const TWO_BOXES = 2;

/** What is not said of each word. */
const Head = Type.Object({
  width: Type.Optional(Type.Number()),
  height: Type.Optional(Type.Number()),
  /** Units of the stored boxes to one of the page: 1, or more where the OCR's are fractions. */
  scale: Type.Number(),
  words: Type.Integer(),
  times: Type.Array(Type.Object({ line: Type.Integer(), from: Type.Number(), to: Type.Number() })),
  languages: Type.Array(Type.Object({ start: Type.Integer(), language: Type.String() })),
  alternatives: Type.Array(Type.Object({ word: Type.Integer(), text: Type.String() })),
});

/**
 * A page as it is stored. After a head in JSON each word is: its length; unless it is as most are, the units since the end of the word before with
 * how many boxes it has, and how many lines it stands below; then of each box the way from the left edge and the top of the box before, its width, and how much higher it is
 * than that. The numbers are variable in length, those that may be negative in zigzag: about six bytes a word.
 */
export function packPage(page: PageText): Buffer {
  const scale = fractionScale(page.words);
  const out = new VarintWriter();
  let before = { end: 0, line: 0 };
  let box = { x: 0, y: 0, height: 0 };
  const writeBox = (next: Box) => {
    const [x, y, width, height] = [next.x, next.y, next.width, next.height].map((value) => Math.round(value * scale));
    if (x === undefined || y === undefined || width === undefined || height === undefined) return;
    out.signed(x - box.x);
    out.signed(y - box.y);
    out.unsigned(width);
    out.signed(height - box.height);
    // The next word begins where this one ends.
    box = { x: x + width, y, height };
  };
  for (const { start, end, line, box: first, rest } of page.words) {
    const boxes = !first ? NO_BOX : rest ? TWO_BOXES : BOX;
    const [gap, below] = [start - before.end, line - before.line];
    // Most words have one box and stand on the line of the word before, after one space: of them only the length is said.
    const isUsual = gap === 1 && below === 0 && boxes === BOX;
    out.unsigned((end - start) * 2 + (isUsual ? 0 : 1));
    if (!isUsual) {
      out.unsigned(gap * 3 + boxes);
      out.unsigned(below);
    }
    if (first) writeBox(first);
    if (first && rest) writeBox(rest);
    before = { end, line };
  }
  const head = {
    ...(page.width === undefined ? {} : { width: page.width }),
    ...(page.height === undefined ? {} : { height: page.height }),
    scale,
    words: page.words.length,
    times: [...page.times].map(([line, time]) => ({ line, ...time })),
    languages: page.languages,
    alternatives: page.alternatives,
  };
  const headBytes = Buffer.from(JSON.stringify(head));
  const length = new VarintWriter();
  length.unsigned(headBytes.length);
  return pageFile(page.text, Buffer.concat([length.bytes(), headBytes, out.bytes()]));
}

/** @throws Problem `unexpected` where it is no page of ours */
export function unpackPage(bytes: Buffer): StoredPage {
  const parts = pageFileParts(bytes);
  if (!parts) return storedPage(formerPage(bytes));
  const { text, places } = parts;
  const first = new VarintReader(places);
  const size = first.unsigned();
  const headAt = first.at;
  const head: unknown = JSON.parse(places.toString('utf8', headAt, headAt + size));
  if (!Check(Head, head)) throw new Problem('unexpected', { detail: 'a stored page is not as this release writes it' });
  const { width, height, scale, words: count, times, languages, alternatives } = head;
  const read = new VarintReader(places, headAt + size);
  const table = new WordTable(count);
  let [end, line] = [0, 0];
  let [right, top, tall] = [0, 0, 0];
  for (let n = 0; n < count; n++) {
    const length = read.unsigned();
    const mark = length % 2 === 0 ? 3 + BOX : read.unsigned();
    if (length % 2 === 1) line += read.unsigned();
    const start = end + Math.floor(mark / 3);
    end = start + Math.floor(length / 2);
    table.add(start, end, line);
    for (let box = 0; box < mark % 3; box++) {
      const x = right + read.signed();
      top += read.signed();
      const wide = read.unsigned();
      tall += read.signed();
      right = x + wide;
      if (box === 0) table.setBox(x / scale, top / scale, wide / scale, tall / scale);
      else table.setRest({ x: x / scale, y: top / scale, width: wide / scale, height: tall / scale });
    }
  }
  return {
    width,
    height,
    text,
    words: table,
    times: new Map(times.map(({ line: at, from, to }) => [at, { from, to }] as const)),
    languages,
    alternatives,
  };
}

/** OCR in fractions of its unit, as of millimetres, keeps a hundredth. */
function fractionScale(words: readonly Word[]): number {
  const isWhole = ({ x, y, width, height }: Box) =>
    Number.isInteger(x) && Number.isInteger(y) && Number.isInteger(width) && Number.isInteger(height);
  return words.every(({ box, rest }) => (!box || isWhole(box)) && (!rest || isWhole(rest))) ? 1 : 100;
}

/** Of the release before: JSON with seven numbers a word. */
const FormerPage = Type.Object({
  width: Type.Optional(Type.Number()),
  height: Type.Optional(Type.Number()),
  text: Type.String(),
  words: Type.Array(Type.Number()),
});
const FORMER_STRIDE = 7;

function formerPage(bytes: Buffer): PageText {
  const page: unknown = JSON.parse(String(bytes));
  if (!Check(FormerPage, page)) throw new Problem('unexpected', { detail: 'a stored page is not as this release writes it' });
  const words: Word[] = [];
  for (let at = 0; at + FORMER_STRIDE <= page.words.length; at += FORMER_STRIDE) {
    const [start = 0, end = 0, line = 0, x = 0, y = 0, width = 0, height = 0] = page.words.slice(at, at + FORMER_STRIDE);
    words.push({ start, end, line, box: { x, y, width, height } });
  }
  return { width: page.width, height: page.height, text: page.text, words, times: new Map(), languages: [], alternatives: [] };
}
