import type { Dimensions } from './resolve-request.ts';

/** The largest answer, in pixels (Image API 3.0, 5.3): a height without a width can't be said. */
export type Limits = { readonly maxArea: number; readonly maxWidth?: number; readonly maxHeight?: number };

/** How much of a size the limits allow: 1 for all of it. */
export function allowedScale({ width, height }: Dimensions, { maxArea, maxWidth, maxHeight = maxWidth }: Limits): number {
  return Math.min(
    Math.sqrt(maxArea / (width * height)),
    (maxWidth ?? Number.POSITIVE_INFINITY) / width,
    (maxHeight ?? Number.POSITIVE_INFINITY) / height,
  );
}

/** The limit that a size is beyond, as `info.json` names it. */
export function limitBroken({ width, height }: Dimensions, { maxArea, maxWidth, maxHeight = maxWidth }: Limits): string | undefined {
  if (maxWidth !== undefined && width > maxWidth) return `maxWidth ${maxWidth}`;
  if (maxHeight !== undefined && height > maxHeight) return `maxHeight ${maxHeight}`;
  return width * height > maxArea ? `maxArea ${maxArea}` : undefined;
}
