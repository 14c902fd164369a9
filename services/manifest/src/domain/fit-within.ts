type Size = { readonly width: number; readonly height: number };

/** The largest size of the same shape within a square of `edge` pixels; never larger than the original, never below one pixel. */
export function fitWithin({ width, height }: Size, edge: number): Size {
  const scale = Math.min(1, edge / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
