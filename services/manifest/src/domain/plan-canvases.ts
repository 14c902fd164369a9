import { canvasImages, canvasOf } from '@vitrine/contracts/canvas-of.ts';
import type { MuseumImage } from '@vitrine/contracts/museum-object.ts';
import type { ImageFacts } from '../stores.ts';

export type ShownImage = { readonly image: MuseumImage; readonly facts: ImageFacts };

/** One canvas, and what is painted on it. */
export type CanvasPlan = {
  readonly id: string;
  /** The image that names it, shown or not. */
  readonly named: MuseumImage;
  /** Its place among the object's canvases, from 0, counted with those that have nothing to show. */
  readonly place: number;
  /** The image, or those of a choice, the default first. */
  readonly choices: readonly ShownImage[];
  /** What lies on it at places of their own. */
  readonly fragments: readonly ShownImage[];
};

/** Which canvases an object has, in the order of its images, and which images each shows; one with nothing to show is left out. `apart` are images that have another use. */
export function planCanvases(
  publicUrl: string,
  object: string,
  images: readonly MuseumImage[],
  facts: ReadonlyMap<string, ImageFacts>,
  apart: ReadonlySet<string> = new Set(),
): readonly CanvasPlan[] {
  const canvases = new Map<string, { named: MuseumImage; shown: ShownImage[] }>();
  const naming = canvasImages(images);
  for (const image of images) {
    if (apart.has(image.sourceId)) continue;
    const named = naming.get(image.id) ?? image;
    const id = canvasOf(publicUrl, object, named);
    const canvas = canvases.get(id) ?? { named, shown: [] };
    canvases.set(id, canvas);
    const known = facts.get(image.id);
    if (known && (known.state === 'converted' || known.state === 'described')) canvas.shown.push({ image, facts: known });
  }
  return [...canvases].flatMap(([id, { named, shown }], place) => {
    const fragments = shown.filter(({ image }) => image.region !== undefined);
    const choices = shown
      .filter(({ image }) => image.region === undefined)
      .toSorted((a, b) => Number(b.image.id === named.id) - Number(a.image.id === named.id));
    return shown.length === 0 ? [] : [{ id, named, place, choices, fragments }];
  });
}
