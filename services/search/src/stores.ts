import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { UnusedBlob } from '@vitrine/platform/blobs/sweep-unused.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

/** An object's images that have a text, as its newest revision has them, and the index of their words; or its tombstone. */
const ObjectDocument = Type.Object({
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  images: Type.Array(Type.String()),
  /** Absent of an object without words, and where a former release wrote it. `of` says what it was made of. */
  index: Type.Optional(Type.Object({ key: Type.String(), of: Type.String() })),
});

/** What an object says of itself, to be searched and shown among results. Derived. */
const DescriptionDocument = Type.Object({
  revision: Type.Integer(),
  source: Type.String(),
  label: LanguageMap,
  values: Type.Array(Type.Object({ label: LanguageMap, value: LanguageMap })),
  rights: Type.Optional(Type.String()),
  date: Type.Optional(Type.String()),
  begin: Type.Optional(Type.Integer()),
  end: Type.Optional(Type.Integer()),
  collections: Type.Array(Type.String()),
  /** What is shown of it in small. */
  image: Type.Optional(Type.String()),
  /** By their place in the structure: images, and the place of the section that a section is a part of. */
  sections: Type.Array(Type.Object({ images: Type.Array(Type.String()), parent: Type.Optional(Type.Integer()) })),
});
export type Description = Static<typeof DescriptionDocument>;

/** The text of an image: what was published of it. The revision goes on counting, so this is not dropped with what is derived. */
const TextDocument = Type.Object({
  object: Type.String(),
  revision: Type.Integer(),
  announced: Type.Integer(),
  state: Type.Union([Type.Literal('indexed'), Type.Literal('rejected'), Type.Literal('withdrawn')]),
  source: Type.String({ description: 'SHA-256 of the OCR' }),
  /** The version of the readers that read it; absent of those before the second, and of what is withdrawn. */
  reader: Type.Optional(Type.Integer()),
  words: Type.Integer(),
  page: Type.Optional(BlobRef),
  rejection: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String() })),
});
export type TextDocument = Static<typeof TextDocument>;

/** The canvas that an image gives, and who delivers it: we, or another's image service. Neither is said where a former release wrote it. Derived. */
const CanvasDocument = Type.Object({
  revision: Type.Integer(),
  shown: Type.Boolean(),
  width: Type.Integer(),
  height: Type.Integer(),
  isOurs: Type.Optional(Type.Boolean()),
  /** One that makes sizes as they are asked for. */
  service: Type.Optional(Type.String()),
});
export type CanvasDocument = Static<typeof CanvasDocument>;

/** A language whose stems are in the index, by its subtag. Derived. */
const LanguageDocument = Type.Object({});

export async function openStores(documents: Documents) {
  return {
    objects: await openCollection(documents, { name: 'search.objects', indexes: [], schema: ObjectDocument }),
    descriptions: await openCollection(documents, { name: 'search.descriptions', indexes: [], schema: DescriptionDocument }),
    texts: await openCollection(documents, { name: 'search.texts', indexes: [], schema: TextDocument }),
    languages: await openCollection(documents, { name: 'search.languages', indexes: [], schema: LanguageDocument }),
    unused: await openCollection(documents, { name: 'search.unused', indexes: [], schema: UnusedBlob }),
    canvases: await openCollection(documents, { name: 'search.canvases', indexes: [], schema: CanvasDocument }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
