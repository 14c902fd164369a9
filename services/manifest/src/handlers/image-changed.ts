import type { EventContract, EventOf } from '@vitrine/contracts/events/define-event.ts';
import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageDescribed } from '@vitrine/contracts/events/image-described.ts';
import { imageRejected } from '@vitrine/contracts/events/image-rejected.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import type { AssembleManifest } from '../assemble-manifest.ts';
import type { ImageFacts, Stores } from '../stores.ts';

const NOTHING_TO_SHOW = { width: 1, height: 1, levels: [] };

/** Every event of an image: its facts are kept, and its object's manifest is looked at again. */
export function onImageChanged({ images }: Stores, assemble: AssembleManifest): readonly Registration[] {
  async function keep(event: EventOf<EventContract>, image: string, facts: ImageFacts) {
    const kept = await images.update(image, (current) => (current && current.revision >= facts.revision ? undefined : facts));
    if (kept && kept.revision > facts.revision) return { code: 'stale' };
    return assemble(facts.object, causedBy(event));
  }

  return [
    on(imageConverted, (event) => {
      const { image, object, revision, width, height, version, levels, page, pages, derivative, format, thumbnails } = event.data;
      const small = thumbnails?.at(-1)?.blob;
      const pixels = { derivative, isPyramid: format === undefined, ...(small ? { small } : {}) };
      const several = page === 1 && pages > 1 ? { pages } : {};
      return keep(event, image, { object, revision, state: 'converted', width, height, version, levels, pixels, ...several });
    }),
    on(imageDescribed, (event) => {
      const { image, object, revision, width, height, service } = event.data;
      return keep(event, image, { object, revision, state: 'described', width, height, levels: [], service });
    }),
    on(imageRejected, (event) => {
      const { image, object, revision } = event.data;
      return keep(event, image, { object, revision, state: 'rejected', ...NOTHING_TO_SHOW });
    }),
    on(imageWithdrawn, (event) => {
      const { image, object, revision } = event.data;
      return keep(event, image, { object, revision, state: 'withdrawn', ...NOTHING_TO_SHOW });
    }),
  ];
}
