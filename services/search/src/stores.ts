import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

/** An object's images that have a text, as its newest revision has them; or its tombstone. */
const ObjectDocument = Type.Object({
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  images: Type.Array(Type.String()),
});

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

/** What surely is in the index. Derived. */
const IndexedDocument = Type.Object({
  source: Type.String(),
  order: Type.Integer(),
  page: BlobRef,
  /** The image that names the canvas, or the canvas’s address; its own image’s where a former release wrote it. */
  canvas: Type.Optional(Type.String()),
});

/** The canvas that an image gives. Derived. */
const CanvasDocument = Type.Object({ revision: Type.Integer(), shown: Type.Boolean(), width: Type.Integer(), height: Type.Integer() });

export async function openStores(documents: Documents) {
  return {
    objects: await openCollection(documents, { name: 'search.objects', indexes: [], schema: ObjectDocument }),
    texts: await openCollection(documents, { name: 'search.texts', indexes: [], schema: TextDocument }),
    indexed: await openCollection(documents, { name: 'search.indexed', indexes: [], schema: IndexedDocument }),
    canvases: await openCollection(documents, { name: 'search.canvases', indexes: [], schema: CanvasDocument }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
