import type { MappedObject } from '@vitrine/contracts/museum-object.ts';

/** An object of which nothing is said: what a mapping knows stands beside it. */
export const NOTHING_SAID = {
  names: [],
  metadata: [],
  provider: [],
  homepage: [],
  seeAlso: [],
  rendering: [],
  parts: [],
  wholes: [],
  collections: [],
  media: [],
  structure: [],
  place: [],
  access: [],
  annotations: [],
  images: [],
} satisfies Omit<MappedObject, 'label'>;
