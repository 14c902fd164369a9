import { manifestPublished } from '@vitrine/contracts/events/manifest-published.ts';
import { manifestWithdrawn } from '@vitrine/contracts/events/manifest-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import { type Cause, causedBy } from '@vitrine/platform/events/publisher.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { Stores } from '../stores.ts';
import { withdrawImage } from '../withdraw-image.ts';

/** Images that an object dropped go only when a manifest without them is published (R10): no viewer meets a hole. */
export function withdrawDropped(stores: Stores, announce: AnnounceImage): readonly Registration[] {
  async function withdraw(object: string, objectRevision: number, cause: Cause) {
    const planned = await stores.objects.get(object);
    if (!planned || planned.dropped.length === 0 || planned.revision > objectRevision) return { code: 'nothing-dropped' };
    for (const image of planned.dropped) if (!(await isBack(image))) await withdrawImage(image, planned.revision, stores, announce, cause);
    await stores.objects.update(object, (current) => (current?.revision === planned.revision ? { ...current, dropped: [] } : undefined));
    return { code: 'withdrawn', detail: planned.dropped.join(' ') };
  }
  /** Whether a page was dropped and a newer master has it again. */
  async function isBack(image: string): Promise<boolean> {
    const { pageOf } = (await stores.images.get(image)) ?? {};
    return pageOf !== undefined && ((await stores.images.get(pageOf.image))?.derivative?.pages ?? 0) >= pageOf.page;
  }

  return [
    on(manifestPublished, (event) => withdraw(event.data.object, event.data.objectRevision, causedBy(event))),
    on(manifestWithdrawn, (event) => withdraw(event.data.object, event.data.objectRevision, causedBy(event))),
  ];
}
