import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import type { ImageFacts } from '../stores.ts';

export const PRESENTATION_3 = 'http://iiif.io/api/presentation/3/context.json';
export const SEARCH_2 = 'http://iiif.io/api/search/2/context.json';

export type ManifestInput = {
  readonly publicUrl: string;
  readonly object: string;
  readonly museumObject: MuseumObject;
  /** What is known of each image by its id; an image without a picture to show has no canvas. */
  readonly facts: ReadonlyMap<string, ImageFacts>;
};

/** A manifest, and what is said of it elsewhere. The same input gives the same bytes: no time and no counter of ours is in it. */
export type MadeManifest = {
  readonly document: { readonly [property: string]: unknown };
  readonly label: LanguageMap;
  /** The images that it shows, in order. */
  readonly images: readonly string[];
  readonly thumbnail: string | undefined;
};
