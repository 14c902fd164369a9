import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageDescribed } from '@vitrine/contracts/events/image-described.ts';
import { imageRejected } from '@vitrine/contracts/events/image-rejected.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import type { Stores } from '../stores.ts';

/** The size of an image's canvas, to which the boxes of words are scaled; a hit on an image that is not shown would lead nowhere. */
export function onImageChanged({ canvases }: Stores): readonly Registration[] {
  async function keep(image: string, revision: number, shown: boolean, width = 1, height = 1) {
    await canvases.update(image, (current) => (current && current.revision >= revision ? undefined : { revision, shown, width, height }));
    return undefined;
  }
  return [
    on(imageConverted, ({ data }) => keep(data.image, data.revision, true, data.width, data.height)),
    on(imageDescribed, ({ data }) => keep(data.image, data.revision, true, data.width, data.height)),
    on(imageRejected, ({ data }) => keep(data.image, data.revision, false)),
    on(imageWithdrawn, ({ data }) => keep(data.image, data.revision, false)),
  ];
}
