import { imageConverted } from '@vitrine/contracts/events/image-converted.ts';
import { imageDescribed } from '@vitrine/contracts/events/image-described.ts';
import { imageRejected } from '@vitrine/contracts/events/image-rejected.ts';
import { imageWithdrawn } from '@vitrine/contracts/events/image-withdrawn.ts';
import { on, type Registration } from '@vitrine/platform/events/handler.ts';
import type { Stores } from '../stores.ts';

type Delivery = { readonly isOurs?: boolean; readonly service?: string };
type Size = { readonly width: number; readonly height: number };

const HIDDEN: Size = { width: 1, height: 1 };

/** The size of an image's canvas, to which the boxes of words are scaled; a hit on an image that is not shown would lead nowhere. */
export function onImageChanged({ canvases }: Stores): readonly Registration[] {
  async function keep(image: string, revision: number, shown: boolean, { width, height }: Size, delivery: Delivery = {}) {
    await canvases.update(image, (current) =>
      current && current.revision > revision ? undefined : { revision, shown, width, height, ...delivery },
    );
    return undefined;
  }
  return [
    on(imageConverted, ({ data }) => keep(data.image, data.revision, true, data, { isOurs: true })),
    on(imageDescribed, ({ data }) => keep(data.image, data.revision, true, data, deliveryOf(data.service))),
    on(imageRejected, ({ data }) => keep(data.image, data.revision, false, HIDDEN)),
    on(imageWithdrawn, ({ data }) => keep(data.image, data.revision, false, HIDDEN)),
  ];
}

/** A service of level 0 has only what it lists, and version 1 has no size that fits into a square. */
function deliveryOf({ id, type, profile = '' }: { readonly id: string; readonly type: string; readonly profile?: string }): Delivery {
  return type === 'ImageService1' || profile.includes('level0') ? {} : { service: id };
}
