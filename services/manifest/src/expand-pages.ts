import type { MuseumImage } from '@vitrine/contracts/museum-object.ts';
import { pageImageId } from '@vitrine/contracts/page-image-id.ts';
import type { ImageFacts } from './stores.ts';

/** An object's images, one whose master has several pages followed by the others of them. A label tells them by number. */
export async function expandPages(
  images: readonly MuseumImage[],
  factsOf: (ids: readonly string[]) => Promise<readonly (ImageFacts | undefined)[]>,
): Promise<MuseumImage[]> {
  const facts = await factsOf(images.map(({ id }) => id));
  return images.flatMap((image, place) => {
    const pages = facts[place]?.pages ?? 1;
    if (pages === 1) return [image];
    return Array.from({ length: pages }, (_, n) => pageOf(image, n + 1));
  });
}

function pageOf(image: MuseumImage, page: number): MuseumImage {
  const { label, text, annotations, ...rest } = image;
  const numbered =
    label && Object.fromEntries(Object.entries(label).map(([language, values]) => [language, values.map((value) => `${value}, ${page}`)]));
  return {
    ...rest,
    id: page === 1 ? image.id : pageImageId(image.id, page),
    ...(numbered ? { label: numbered } : {}),
    // What the record says of the whole file is said of its first page.
    text: page === 1 ? text : [],
    annotations: page === 1 ? annotations : [],
  };
}
