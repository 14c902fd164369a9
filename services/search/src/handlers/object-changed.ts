import { canvasImages } from '@vitrine/contracts/canvas-of.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import { causedBy } from '@vitrine/platform/events/publisher.ts';
import { describeObject } from '../domain/entry/describe-object.ts';
import type { Indexing } from '../index-object.ts';
import type { ReadText, Texts } from '../read-texts.ts';
import type { Stores } from '../stores.ts';

/** The words of an object follow its newest revision: new texts are read and indexed, those that left it are no longer found. */
export function onObjectChanged({ objects, descriptions }: Stores, texts: Texts, indexing: Indexing): readonly Registration[] {
  return [
    on(objectHarvested, async (event) => {
      const { object, revision, source, museumObject } = event.data;
      const cause = causedBy(event);
      const current = await objects.get(object);
      if (current && current.revision > revision) return { code: 'stale' };
      const naming = canvasImages(museumObject.images);
      const read: { image: string; canvas: string; language: string | undefined; text: ReadText }[] = [];
      for (const shown of museumObject.images) {
        const found = shown.text.find(({ blob }) => blob !== undefined);
        if (!found?.blob) continue;
        const named = naming.get(shown.id) ?? shown;
        read.push({
          image: shown.id,
          canvas: named.canvas ?? named.id,
          language: found.language,
          text: await texts.read({ image: shown.id, object, blob: found.blob, about: named.canvas }, cause),
        });
      }
      const pages = read.flatMap(({ image, canvas, language, text: { page } }) =>
        page ? [{ image, canvas, page: page.key, language }] : [],
      );
      const description = describeObject(museumObject, source, revision);
      const index = await indexing.index(object, pages, description, current?.index);
      await descriptions.update(object, (latest) => (latest && latest.revision > revision ? undefined : description));
      const images = read.map(({ image }) => image);
      const left = (current?.images ?? []).filter((image) => !images.includes(image));
      const keep = (named: readonly string[]) =>
        objects.update(object, (latest) =>
          latest && latest.revision > revision
            ? undefined
            : { revision, state: 'present', images: [...named], ...(index ? { index } : {}) },
        );
      // First what is found, then the word of it: a crash before the end repeats it all, and the images to tell of are still known.
      await keep([...images, ...left]);
      for (const { image, text } of read) await texts.tell(image, text, cause);
      for (const image of left) await texts.tellWithdrawn(image, object, cause);
      if (left.length > 0) await keep(images);
      return { code: pages.length > 0 ? 'indexed' : 'no-text', detail: `${pages.length} pages` };
    }),
    on(objectWithdrawn, async (event) => {
      const { object, revision } = event.data;
      const current = await objects.get(object);
      if (current && current.revision > revision) return { code: 'stale' };
      await indexing.remove(object, revision);
      const described = await descriptions.getVersioned(object);
      if (described && described.value.revision <= revision) await descriptions.removeExactly(object, described.version);
      const keep = (images: string[]) =>
        objects.update(object, (latest) => (latest && latest.revision > revision ? undefined : { revision, state: 'withdrawn', images }));
      await keep(current?.images ?? []);
      for (const image of current?.images ?? []) await texts.tellWithdrawn(image, object, causedBy(event));
      await keep([]);
      return { code: 'withdrawn' };
    }),
  ];
}
