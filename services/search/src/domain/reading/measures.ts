import type { Box } from '../page/page-text.ts';

/** Units of a page, of which a hundredth is kept: beyond it no page reaches. */
const MOST = 1e9;

/** A size as OCR writes it; undefined for what is none. */
export function positive(value: string | undefined): number | undefined {
  const number = Number(value);
  return Number.isFinite(number) && number > 0 ? number : undefined;
}

/** A box of numbers that nobody has looked at; undefined where they are none, or enclose nothing. */
export function properBox(x: number, y: number, width: number, height: number): Box | undefined {
  const isMeasure = (value: number) => Math.abs(value) <= MOST;
  return [x, y, width, height].every(isMeasure) && width > 0 && height > 0 ? { x, y, width, height } : undefined;
}
