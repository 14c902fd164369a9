import Type from 'typebox';
import { BlobRef } from '../blob-ref.ts';
import { Id } from '../id.ts';
import { ImageVersion } from '../image-version.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

const Size = Type.Object({ width: Type.Integer({ minimum: 1 }), height: Type.Integer({ minimum: 1 }) });

/** A verified derivative, ready to be served: every tile of it was decoded once by the converter. */
export const imageConverted = defineEvent({
  type: 'image.converted',
  topic: 'vitrine.image.v1',
  key: 'image',
  data: Type.Object({
    image: Id,
    object: Id,
    revision: Revision,
    derivative: BlobRef,
    /** What the derivative is; absent where it is a pyramidal TIFF. */
    format: Type.Optional(Type.Literal('jp2')),
    version: ImageVersion,
    /** Earlier versions whose addresses redirect to this one, newest first. */
    superseded: Type.Array(ImageVersion),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
    tile: Size,
    /** Largest first, sizes as stored in the file, not computed. */
    levels: Type.Array(Size, { minItems: 1 }),
    /** Where each tile lies (package pyramid/); absent from releases that made none. */
    tiles: Type.Optional(BlobRef),
    /** Pixels that a centimetre of the real thing has, where the master says so. */
    pixelsPerCentimetre: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    rights: Type.Optional(Type.String({ description: 'Creative Commons or RightsStatements.org' })),
    /** Small copies of the whole image as JPEG, smallest first; absent from releases that made none. */
    thumbnails: Type.Optional(Type.Array(Type.Object({ ...Size.properties, blob: BlobRef }))),
    /** Of a master in several pages, from 1: page 1 is the image itself, page n is `pageImageId(image, n)`. */
    page: Type.Integer({ minimum: 1 }),
    pages: Type.Integer({ minimum: 1 }),
    master: Type.Object({ sha256: Type.String(), format: Type.String() }),
    report: BlobRef,
  }),
});
