import type { Box } from './page-text.ts';

const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * The part of a line's or word's box that some of its characters take, as if all were equally wide: from the right where the script goes
 * so, downwards where the box stands upright.
 */
export function partOfBox(box: Box, text: string, from: number, to: number): Box {
  if (text.length === 0) return box;
  const [start, share] = [from / text.length, (to - from) / text.length];
  if (text.length > 1 && box.height > box.width * 2) return { ...box, y: box.y + box.height * start, height: box.height * share };
  const left = RIGHT_TO_LEFT.test(text) ? 1 - start - share : start;
  return { ...box, x: box.x + box.width * left, width: box.width * share };
}
