import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageDescribed } from '@vitrine/contracts/events/image-described.ts';
import { imageRejected } from '@vitrine/contracts/events/image-rejected.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { type Cause, type OutgoingEvent, outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { ImageDocument, Stores } from './stores.ts';

export type AnnounceImage = (image: string, cause: Cause, again?: boolean) => Promise<void>;

/** Publishes an image's newest revision if that has not surely happened, and again when there is newer by then (R3). */
export function announceImage({ images }: Stores, publish: Publish): AnnounceImage {
  return async (image, cause, again = false) => {
    let document = await images.get(image);
    let owed = again || (document !== undefined && document.announced < document.revision);
    while (document && document.revision > 0 && owed) {
      const { revision } = document;
      const event = eventOf(image, document, cause);
      if (!event) return;
      await publish(event);
      document = await images.update(image, (current) =>
        !current || current.announced >= revision ? undefined : { ...current, announced: revision },
      );
      // Also when another announced it meanwhile: what was published last must be the newest.
      owed = document !== undefined && document.revision > revision;
    }
  };
}

function eventOf(image: string, document: ImageDocument, cause: Cause): OutgoingEvent | undefined {
  const { object, revision, state, derivative, described, rejection, wanted } = document;
  if (state === 'withdrawn') return outgoing(imageWithdrawn, { image, object, revision }, cause);
  if (state === 'converted' && derivative) {
    const { blob, ...facts } = derivative;
    return outgoing(
      imageConverted,
      {
        image,
        object,
        revision,
        ...facts,
        derivative: blob,
        superseded: document.superseded,
        page: document.pageOf?.page ?? 1,
        ...(document.rights === undefined ? {} : { rights: document.rights }),
      },
      cause,
    );
  }
  if (state === 'described' && described && wanted.service) {
    return outgoing(imageDescribed, { image, object, revision, service: wanted.service, ...described }, cause);
  }
  if (state === 'rejected' && rejection) return outgoing(imageRejected, { image, object, revision, ...rejection }, cause);
  return undefined;
}
