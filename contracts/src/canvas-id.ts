/**
 * The address of the canvas that shows `image` in `object`, so that search and manifest agree without asking each other
 * (R3). Presentation API 3.0, 6.1: no query, no fragment, persistent; it depends neither on order nor on pixels.
 *
 * @param publicUrl the public base address without a slash at its end
 */
export function canvasId(publicUrl: string, object: string, image: string): string {
  return `${publicUrl}/iiif/presentation/canvas/${object}/${image}`;
}
