import { manifestPublished } from '@vitrine/contracts/events/manifest-published.ts';
import { manifestWithdrawn } from '@vitrine/contracts/events/manifest-withdrawn.ts';
import { objectHarvested } from '@vitrine/contracts/events/object-harvested.ts';
import { objectWithdrawn } from '@vitrine/contracts/events/object-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import type { ObjectEntry, Stores } from '../stores.ts';

const NOTHING: ObjectEntry = { objectRevision: 0, revision: 0, state: 'harvested', label: { none: ['…'] }, images: 0 };

/** The list of objects: the harvester's events say which there are, the manifest's how they look. */
export function onObjectProjected({ objects }: Stores): readonly Registration[] {
  async function change(object: string, next: (current: ObjectEntry) => ObjectEntry | undefined) {
    await objects.update(object, (current = NOTHING) => next(current));
    return undefined;
  }
  return [
    on(objectHarvested, ({ data: { object, revision, museumObject } }) =>
      change(object, (current) => {
        if (current.objectRevision >= revision) return undefined;
        // Without an image there will be no manifest: such an object is not on its way.
        if (museumObject.images.length === 0 && current.state !== 'published') return undefined;
        const state = current.state === 'published' ? 'published' : 'harvested';
        return {
          ...current,
          objectRevision: revision,
          state,
          ...(state === 'harvested' ? { label: museumObject.label, images: museumObject.images.length } : {}),
        };
      }),
    ),
    on(objectWithdrawn, ({ data: { object, revision } }) =>
      change(object, (current) =>
        current.objectRevision >= revision ? undefined : { ...current, objectRevision: revision, state: 'withdrawn' },
      ),
    ),
    on(manifestPublished, ({ data: { object, revision, objectRevision, label, images, thumbnail } }) =>
      change(object, (current) => {
        if (current.revision >= revision) return undefined;
        // A withdrawal of the object that is newer than this manifest stands.
        const state = current.state === 'withdrawn' && current.objectRevision > objectRevision ? 'withdrawn' : 'published';
        const { thumbnail: _, ...rest } = current;
        return {
          ...rest,
          revision,
          state,
          label,
          images: images.length,
          objectRevision: Math.max(objectRevision, current.objectRevision),
          ...(thumbnail === undefined ? {} : { thumbnail }),
        };
      }),
    ),
    on(manifestWithdrawn, ({ data: { object, revision } }) =>
      change(object, (current) =>
        current.revision >= revision
          ? undefined
          : { ...current, revision, state: current.state === 'published' ? 'withdrawn' : current.state },
      ),
    ),
  ];
}
