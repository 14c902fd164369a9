import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from './announce-image.ts';
import type { Stores } from './stores.ts';

/** Takes an image off the web; its derivative stays until it is swept. An image that never had an event is only forgotten. */
export async function withdrawImage(image: string, { images }: Stores, announce: AnnounceImage, cause: Cause): Promise<void> {
  await images.update(image, (current) =>
    !current || current.state === 'withdrawn' ? undefined : { ...current, state: 'withdrawn', revision: current.revision + 1 },
  );
  await announce(image, cause);
}
