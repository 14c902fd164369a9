import { canvasId } from './canvas-id.ts';
import type { MuseumImage } from './museum-object.ts';

type Placed = Pick<MuseumImage, 'id' | 'sourceId' | 'view' | 'canvas'>;

/**
 * For each of an object's images, by its identifier, the image whose canvas shows it: the one that its view names, else of those of the view the one whose identifier comes first, so that no order of the images
 * and no newcomer changes it.
 */
export function canvasImages<T extends Placed>(images: readonly T[]): ReadonlyMap<string, T> {
  const bySource = new Map<string, T>();
  const firstOfView = new Map<string, T>();
  for (const image of images) {
    if (!bySource.has(image.sourceId)) bySource.set(image.sourceId, image);
    const first = image.view === undefined ? undefined : firstOfView.get(image.view);
    if (image.view !== undefined && (!first || image.id < first.id)) firstOfView.set(image.view, image);
  }
  return new Map(
    images.map((image) => {
      const { id, view, sourceId } = image;
      if (view === undefined || view === sourceId) return [id, image];
      return [id, bySource.get(view) ?? firstOfView.get(view) ?? image];
    }),
  );
}

/** The address of the canvas that an image names (R3). */
export function canvasOf(publicUrl: string, object: string, { id, canvas }: Pick<MuseumImage, 'id' | 'canvas'>): string {
  return canvas ?? canvasId(publicUrl, object, id);
}
