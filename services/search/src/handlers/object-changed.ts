import { canvasImages } from '@vitrine/contracts/canvas-of.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import type { IndexText } from '../index-text.ts';
import type { Stores } from '../stores.ts';

/** The texts of an object follow its newest revision: new ones are indexed, those that left it are taken out. */
export function onObjectChanged({ objects }: Stores, index: IndexText): readonly Registration[] {
  return [
    on(objectHarvested, async (event) => {
      const { object, revision, museumObject } = event.data;
      const cause = causedBy(event);
      const current = await objects.get(object);
      if (current && current.revision > revision) return { code: 'stale' };
      const naming = canvasImages(museumObject.images);
      const inputs = museumObject.images.flatMap((shown, order) => {
        const blob = shown.text.find((source) => source.blob !== undefined)?.blob;
        const named = naming.get(shown.id) ?? shown;
        return blob ? [{ image: shown.id, object, order, blob, canvas: named.canvas ?? named.id, about: named.canvas }] : [];
      });
      for (const input of inputs) await index.add(input, cause);
      const images = inputs.map(({ image }) => image);
      for (const image of current?.images ?? []) if (!images.includes(image)) await index.remove(image, object, cause);
      // After the effects: a crash before this repeats them all, and the images to take out are still known.
      await objects.update(object, (latest) => (latest && latest.revision > revision ? undefined : { revision, state: 'present', images }));
      return { code: inputs.length > 0 ? 'indexed' : 'no-text', detail: `${inputs.length} pages` };
    }),
    on(objectWithdrawn, async (event) => {
      const { object, revision } = event.data;
      const current = await objects.get(object);
      if (current && current.revision > revision) return { code: 'stale' };
      for (const image of current?.images ?? []) await index.remove(image, object, causedBy(event));
      await objects.update(object, (latest) =>
        latest && latest.revision > revision ? undefined : { revision, state: 'withdrawn', images: [] },
      );
      return { code: 'withdrawn' };
    }),
  ];
}
