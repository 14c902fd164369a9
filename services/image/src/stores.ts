import { openCollection } from '@vitrine/platform/documents/collection.ts';
import type { Documents } from '@vitrine/platform/documents/port.ts';
import Type, { type Static } from 'typebox';

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

/** What can be served of an image. Derived from the converter's events. */
const ServableImage = Type.Object({
  object: Type.String(),
  revision: Type.Integer(),
  state: Type.Union([Type.Literal('converted'), Type.Literal('elsewhere'), Type.Literal('rejected'), Type.Literal('withdrawn')]),
  derivative: Type.Optional(
    Type.Object({
      key: Type.String(),
      /** Absent where it is a pyramidal TIFF. */
      format: Type.Optional(Type.Literal('jp2')),
      version: Type.String(),
      superseded: Type.Array(Type.String()),
      width: Type.Integer(),
      height: Type.Integer(),
      tile: Size,
      levels: Type.Array(Size),
      /** Where the tile table lies; made here where there is none. */
      tiles: Type.Optional(Type.String()),
      /** Small copies of the whole image, as JPEG. */
      thumbnails: Type.Optional(Type.Array(Type.Object({ ...Size.properties, key: Type.String() }))),
      /** Of the master: how many pixels a centimetre of the real thing has. */
      pixelsPerCentimetre: Type.Optional(Type.Number()),
      rights: Type.Optional(Type.String()),
    }),
  ),
});
export type ServableImage = Static<typeof ServableImage>;
export type Derivative = NonNullable<ServableImage['derivative']>;

export async function openStores(documents: Documents) {
  return { images: await openCollection(documents, { name: 'image.images', indexes: [], schema: ServableImage }) };
}

export type Stores = Awaited<ReturnType<typeof openStores>>;
