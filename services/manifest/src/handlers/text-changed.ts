import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { textIndexed } from '@vitrine/contracts/events/text-indexed.ts';
import { textRejected } from '@vitrine/contracts/events/text-rejected.ts';
import { textWithdrawn } from '@vitrine/contracts/events/text-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import type { Stores } from '../stores.ts';

/** Where the words of an image are: its object's text is put together of them when it is asked for. */
export function onTextChanged({ texts }: Pick<Stores, 'texts'>): readonly Registration[] {
  async function keep(image: string, revision: number, page?: BlobRef) {
    await texts.update(image, (current) => (current && current.revision >= revision ? undefined : { revision, ...(page ? { page } : {}) }));
    return undefined;
  }
  return [
    on(textIndexed, ({ data: { image, revision, page } }) => keep(image, revision, page)),
    on(textRejected, ({ data: { image, revision } }) => keep(image, revision)),
    on(textWithdrawn, ({ data: { image, revision } }) => keep(image, revision)),
  ];
}
