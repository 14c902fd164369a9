import type { CanvasRegion } from '@vitrine/contracts/custom-collection.ts';

type Opened = { readonly manifest: string; readonly canvas?: string | undefined; readonly region?: CanvasRegion | undefined };

/**
 * What a viewer is to open, as the value of `iiif-content` (Content State API 1.0, 2.2.3 and 6): a manifest, a canvas of it, or a region of
 * that; JSON, percent-encoded, then base64url without padding.
 */
export function contentState({ manifest, canvas, region }: Opened): string {
  const whole = { id: manifest, type: 'Manifest' };
  const at = region === undefined ? '' : `#xywh=${region.x},${region.y},${region.width},${region.height}`;
  const target = canvas === undefined ? whole : { id: `${canvas}${at}`, type: 'Canvas', partOf: [whole] };
  return Buffer.from(encodeURIComponent(JSON.stringify(target)), 'utf8').toString('base64url');
}
