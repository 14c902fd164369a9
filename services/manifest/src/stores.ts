import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

/** An object as its last event said, or its tombstone. Derived. */
const Assembly = Type.Object({
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  museumObject: Type.Optional(MuseumObject),
  /** Of a source that publishes manifests: ours is that one, published again. */
  given: Type.Optional(BlobRef),
  /** When to publish what is there although images are missing; absent once they are all there. Milliseconds since 1970. */
  due: Type.Optional(Type.Number()),
  /** When it was last published with images missing. Milliseconds since 1970. */
  incompleteSince: Type.Optional(Type.Number()),
});
export type Assembly = Static<typeof Assembly>;

/** What the manifest needs to know of an image. Derived. */
const ImageFacts = Type.Object({
  object: Type.String(),
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('converted'), Type.Literal('described'), Type.Literal('rejected'), Type.Literal('withdrawn')]),
  width: Type.Integer(),
  height: Type.Integer(),
  version: Type.Optional(Type.String()),
  levels: Type.Array(Size),
  /** Pages that its master has, where there are several. */
  pages: Type.Optional(Type.Integer()),
  service: Type.Optional(Type.Object({ id: Type.String(), type: Type.String(), profile: Type.Optional(Type.String()) })),
});
export type ImageFacts = Static<typeof ImageFacts>;

/** The revisions that a manifest was made of: its object's, and each image's of the object, 0 for one that was not known. */
const MadeOf = Type.Object({
  objectRevision: Type.Integer(),
  images: Type.Array(Type.Object({ id: Type.String(), revision: Type.Integer() })),
});
export type MadeOf = Static<typeof MadeOf>;

/** What is published of an object: primary state, so that a rebuild with equal bytes publishes nothing. */
const Publication = Type.Object({
  state: Type.Union([Type.Literal('published'), Type.Literal('withdrawn')]),
  revision: Type.Integer(),
  /** The revision whose event has surely been published. */
  announced: Type.Integer(),
  madeOf: MadeOf,
  sha256: Type.String(),
  label: LanguageMap,
  /** The images on its canvases, in order. */
  images: Type.Array(Type.String()),
  thumbnail: Type.Optional(Type.String()),
});
export type Publication = Static<typeof Publication>;

/** The public address that the manifests were made with. */
const MadeWith = Type.Object({ publicUrl: Type.String() });

export async function openStores(documents: Documents) {
  return {
    assemblies: await openCollection(documents, { name: 'manifest.assemblies', indexes: ['due'], schema: Assembly }),
    images: await openCollection(documents, { name: 'manifest.images', indexes: [], schema: ImageFacts }),
    settings: await openCollection(documents, { name: 'manifest.settings', indexes: [], schema: MadeWith }),
    publications: await openCollection(documents, { name: 'manifest.publications', indexes: ['state'], schema: Publication }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
