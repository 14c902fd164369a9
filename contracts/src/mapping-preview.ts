import Type from 'typebox';
import { BlobRef } from './blob-ref.ts';
import { Id } from './id.ts';
import { MuseumObject } from './museum-object.ts';

/** Longest expression; the same as of a source. */
const LONGEST = 64_000;

/** What the records of a source would become by another mapping: a page of them. */
export const MappingPreview = Type.Object(
  {
    mapping: Type.Optional(
      Type.Union([Type.String({ minLength: 1, maxLength: LONGEST }), Type.Null()], {
        description: 'JSONata; `null` for the mappings of this release; as the source says where it is absent',
      }),
    ),
    after: Type.Optional(Type.String({ description: 'The `next` of the page before' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: 'Records of a page; 100' })),
    objects: Type.Optional(Type.Boolean({ description: 'With the objects as they would be' })),
  },
  { additionalProperties: false },
);

/** An object as a mapping gives it, of which the manifest is wanted without its being published. */
export const ManifestPreview = Type.Object(
  {
    object: Id,
    museumObject: MuseumObject,
    given: Type.Optional(Type.Object(BlobRef.properties, { description: 'Of a source that publishes manifests: our copy of its record' })),
  },
  { additionalProperties: false },
);
