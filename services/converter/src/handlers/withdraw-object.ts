import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import { on } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { Stores } from '../stores.ts';
import { withdrawImage } from '../withdraw-image.ts';

/** All images of a withdrawn object go at once. The tombstone stays, also for an object never seen. */
export const withdrawObject = (stores: Stores, announce: AnnounceImage) =>
  on(objectWithdrawn, async (event) => {
    const { object, revision } = event.data;
    const planned = await stores.objects.update(object, (current) => {
      if (current && current.revision >= revision) return undefined;
      // Kept as dropped until each is surely withdrawn: a crash in between goes on with them.
      return { revision, state: 'withdrawn', images: [], dropped: [...new Set([...(current?.dropped ?? []), ...(current?.images ?? [])])] };
    });
    if (!planned || planned.revision > revision) return { code: 'stale' };
    for (const image of planned.dropped) await withdrawImage(image, revision, stores, announce, causedBy(event));
    return { code: 'withdrawn', detail: `${planned.dropped.length} images` };
  });
