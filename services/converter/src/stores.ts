import { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { UnusedBlob } from '@vitrine/platform/blobs/sweep-unused.ts';
import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

/** An object's images as the newest revision has them, and those it dropped that may still be on a published manifest. */
const ObjectDocument = Type.Object({
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('present'), Type.Literal('withdrawn')]),
  images: Type.Array(Type.String()),
  dropped: Type.Array(Type.String()),
});

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

const Derivative = Type.Object({
  blob: BlobRef,
  /** Absent where it is a pyramidal TIFF. */
  format: Type.Optional(Type.Literal('jp2')),
  version: Type.String(),
  width: Type.Integer(),
  height: Type.Integer(),
  tile: Size,
  levels: Type.Array(Size),
  tiles: Type.Optional(BlobRef),
  thumbnails: Type.Optional(Type.Array(Type.Object({ ...Size.properties, blob: BlobRef }))),
  pixelsPerCentimetre: Type.Optional(Type.Number()),
  /** Pages that the master has; which of them this is, the image says. */
  pages: Type.Integer(),
  report: BlobRef,
  master: Type.Object({ sha256: Type.String(), format: Type.String() }),
});

export type Derivative = Static<typeof Derivative>;

/** A derivative by its master, page and settings: `{sha256}.{page}.{settings}`. Kept with the derivatives (R9). */
const SharedDerivative = Type.Object({
  derivative: Type.Optional(Derivative),
  /** Who is making it, and until when that is believed without a word (milliseconds since 1970). */
  making: Type.Optional(Type.Object({ holder: Type.String(), until: Type.Number() })),
});

const Wanted = Type.Object({
  objectRevision: Type.Integer(),
  master: Type.Optional(Type.String({ description: 'Address' })),
  service: Type.Optional(Type.Object({ id: Type.String(), type: Type.String(), profile: Type.Optional(Type.String()) })),
});

/** An image: what its object wants of it, what was last fetched, what came of it. Derivatives and their reports are kept (R9). */
const ImageDocument = Type.Object({
  object: Type.String(),
  /** 0 until the first event. */
  revision: Type.Integer(),
  /** The revision whose event has surely been published. */
  announced: Type.Integer(),
  state: Type.Union([
    Type.Literal('wanted'),
    Type.Literal('converted'),
    Type.Literal('described'),
    Type.Literal('rejected'),
    Type.Literal('withdrawn'),
  ]),
  wanted: Wanted,
  fetched: Type.Optional(
    Type.Object({ address: Type.String(), etag: Type.Optional(Type.String()), sha256: Type.String(), at: Type.Number() }),
  ),
  derivative: Type.Optional(Derivative),
  /** As the object has them, for who sees the image alone. */
  rights: Type.Optional(Type.String()),
  described: Type.Optional(Size),
  /** The service that said so, and when it was last asked. */
  askedService: Type.Optional(Type.Object({ id: Type.String(), at: Type.Number({ description: 'Milliseconds since 1970' }) })),
  rejection: Type.Optional(Type.Object({ code: Type.String(), detail: Type.String() })),
  /** An operator wants no conversion of it, until its object changes or it is asked for again. */
  cancelled: Type.Optional(Type.Literal(true)),
  superseded: Type.Array(Type.String()),
  /** Of a page after the first: the image whose master it is in, and its number. */
  pageOf: Type.Optional(Type.Object({ image: Type.String(), page: Type.Integer({ minimum: 2 }) })),
  /** The most pages that its master ever had. */
  mostPages: Type.Optional(Type.Integer()),
});
export type ImageDocument = Static<typeof ImageDocument>;

export async function openStores(documents: Documents) {
  return {
    objects: await openCollection(documents, { name: 'converter.objects', indexes: [], schema: ObjectDocument }),
    derivatives: await openCollection(documents, { name: 'converter.derivatives', indexes: [], schema: SharedDerivative }),
    unused: await openCollection(documents, { name: 'converter.unused', indexes: [], schema: UnusedBlob }),
    images: await openCollection(documents, { name: 'converter.images', indexes: [], schema: ImageDocument }),
  };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
