import { canvasId } from './canvas-id.ts';
import type { MuseumImage } from './museum-object.ts';

type Placed = Pick<MuseumImage, 'id' | 'sourceId' | 'view' | 'canvas'>;

/**
 * The image whose canvas shows `image`: the one that its view names, else of those of the view the one whose identifier comes first, so that no order of the images
 * and no newcomer changes it.
 */
export function canvasImage<T extends Placed>(image: T, images: readonly T[]): T {
  const { view } = image;
  if (view === undefined || view === image.sourceId) return image;
  const named = images.find(({ sourceId }) => sourceId === view);
  if (named) return named;
  return images.reduce((first, other) => (other.view === view && other.id < first.id ? other : first), image);
}

/** The address of the canvas that shows `image` among the `images` of `object` (R3). */
export function canvasOf(publicUrl: string, object: string, image: Placed, images: readonly Placed[]): string {
  const shown = canvasImage(image, images);
  return shown.canvas ?? canvasId(publicUrl, object, shown.id);
}
