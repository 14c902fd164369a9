import type { MuseumImage, MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { NOTHING_SAID } from '@vitrine/mapping/nothing-said.ts';
import { buildManifest } from '../src/domain/build-manifest.ts';
import type { MadeManifest } from '../src/domain/made-manifest.ts';
import type { ImageFacts } from '../src/stores.ts';

export const PUBLIC_URL = 'https://iiif.example';

export const image = (sourceId: string, fields: Partial<MuseumImage> = {}): MuseumImage => ({
  id: `o-${sourceId}`,
  sourceId,
  text: [],
  annotations: [],
  ...fields,
});

export const objectOf = (images: readonly MuseumImage[], fields: Partial<MuseumObject> = {}): MuseumObject => ({
  label: { en: ['The Whale'] },
  ...NOTHING_SAID,
  ...fields,
  images: [...images],
});

export const converted = (fields: Partial<ImageFacts> = {}): ImageFacts => ({
  object: 'o',
  revision: 1,
  state: 'converted',
  width: 4000,
  height: 3000,
  version: 'aaaaaaaaaa',
  levels: [
    { width: 4000, height: 3000 },
    { width: 2000, height: 1500 },
  ],
  ...fields,
});

/** The manifest of an object all of whose images are converted, but for those of which `facts` says something else. */
export function manifestOf(museumObject: MuseumObject, facts: Readonly<Record<string, Partial<ImageFacts>>> = {}): MadeManifest {
  const all = new Map(museumObject.images.map(({ id, sourceId }) => [id, converted(facts[sourceId])]));
  return buildManifest({ publicUrl: PUBLIC_URL, object: 'o', museumObject, facts: all });
}

/** What is at a path of a document: names and places, between dots. */
export const at = (document: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), document);

/** A made document as its readers get it. */
export const asJson = (document: unknown): unknown => JSON.parse(JSON.stringify(document));
