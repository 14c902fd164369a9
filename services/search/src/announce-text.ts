import { textIndexed } from '@vitrine/contracts/events/text-indexed.ts';
import { textRejected } from '@vitrine/contracts/events/text-rejected.ts';
import { textWithdrawn } from '@vitrine/contracts/events/text-withdrawn.ts';
import { type Cause, outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { Stores, TextDocument } from './stores.ts';

/** Publishes the newest revision of a text unless that has surely happened. */
export function announceText({ texts }: Stores, publish: Publish) {
  return async (image: string, cause: Cause): Promise<void> => {
    let document = await texts.get(image);
    let owed = document !== undefined && document.announced < document.revision;
    while (document && owed) {
      const { revision } = document;
      await publish(eventOf(image, document, cause));
      document = await texts.update(image, (current) =>
        !current || current.announced >= revision ? undefined : { ...current, announced: revision },
      );
      owed = document !== undefined && document.revision > revision;
    }
  };
}

function eventOf(image: string, { object, revision, state, words, page, rejection }: TextDocument, cause: Cause) {
  if (state === 'indexed' && page) return outgoing(textIndexed, { image, object, revision, words, page }, cause);
  if (state === 'rejected' && rejection) return outgoing(textRejected, { image, object, revision, ...rejection }, cause);
  return outgoing(textWithdrawn, { image, object, revision }, cause);
}
