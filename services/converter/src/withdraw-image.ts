import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from './announce-image.ts';
import type { Stores } from './stores.ts';

/**
 * Takes an image off the web, unless a revision of its object above `objectRevision` wants it again: the plan for that may run beside this.
 * The derivative stays.
 */
export async function withdrawImage(
  image: string,
  objectRevision: number,
  { images }: Stores,
  announce: AnnounceImage,
  cause: Cause,
): Promise<void> {
  await images.update(image, (current) =>
    !current || current.state === 'withdrawn' || current.wanted.objectRevision > objectRevision
      ? undefined
      : { ...current, state: 'withdrawn', revision: current.revision + 1 },
  );
  await announce(image, cause);
}
