import { pageImageId } from '@vitrine/contracts/page-image-id.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from './announce-image.ts';
import type { Stores } from './stores.ts';

/**
 * Takes an image off the web with all its pages, unless a revision of its object above `objectRevision` wants it again: the plan for that may run beside
 * this. The derivatives stay until they are swept.
 */
export async function withdrawImage(
  image: string,
  objectRevision: number,
  { images }: Stores,
  announce: AnnounceImage,
  cause: Cause,
): Promise<void> {
  const after = await images.update(image, (current) =>
    !current || current.state === 'withdrawn' || current.wanted.objectRevision > objectRevision
      ? undefined
      : { ...current, state: 'withdrawn', revision: current.revision + 1 },
  );
  await announce(image, cause);
  if (after?.state === 'withdrawn') await withdrawPages(image, 2, after.mostPages ?? 1, { images }, announce, cause);
}

/** Takes pages of an image off the web that its master has no longer. @param from the first of them */
export async function withdrawPages(
  image: string,
  from: number,
  to: number,
  { images }: Pick<Stores, 'images'>,
  announce: AnnounceImage,
  cause: Cause,
): Promise<void> {
  for (let page = from; page <= to; page++) {
    const id = pageImageId(image, page);
    await images.update(id, (current) =>
      !current || current.state === 'withdrawn' ? undefined : { ...current, state: 'withdrawn', revision: current.revision + 1 },
    );
    await announce(id, cause);
  }
}
