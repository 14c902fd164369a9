import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { inNoLanguage } from '@vitrine/mapping/language-map-of.ts';
import type { AttachedImage } from './stores.ts';

/** An object's images: those of its record, then those that other sources have of it. */
export function imagesOf(
  mapped: Pick<MappedObject, 'images'> | undefined,
  attached: readonly AttachedImage[] = [],
): readonly MappedImage[] {
  return [
    ...(mapped?.images ?? []),
    ...attached.map(({ sourceId, address, role, label }) => ({
      sourceId,
      master: { address },
      ...(role === undefined ? {} : { role }),
      ...(label === undefined ? {} : { label: inNoLanguage(label) }),
      text: [],
      annotations: [],
    })),
  ];
}
