import type { Box } from './page-text.ts';

const RIGHT_TO_LEFT = /^[^\p{L}]*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u;

/**
 * What part of the box of a line or a word some of its characters take, as if all were equally wide: from the right where the script goes
 * so, downwards where the box stands upright.
 */
export function partsOfBox(box: Box, text: string): (from: number, to: number) => Box {
  const length = Math.max(1, text.length);
  const isUpright = text.length > 1 && box.height > box.width * 2;
  const isRightToLeft = RIGHT_TO_LEFT.test(text);
  return (from, to) => {
    const [start, share] = [from / length, (to - from) / length];
    if (isUpright) return { ...box, y: box.y + box.height * start, height: box.height * share };
    const left = isRightToLeft ? 1 - start - share : start;
    return { ...box, x: box.x + box.width * left, width: box.width * share };
  };
}
