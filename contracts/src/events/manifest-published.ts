import Type from 'typebox';
import { Id } from '../id.ts';
import { LanguageMap } from '../language-map.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** The manifest of an object as it is served now. */
export const manifestPublished = defineEvent({
  type: 'manifest.published',
  topic: 'vitrine.manifest.v1',
  key: 'object',
  data: Type.Object({
    object: Id,
    revision: Revision,
    /** The object's revision that this manifest shows. */
    objectRevision: Revision,
    sha256: Type.String(),
    label: LanguageMap,
    /** Images on its canvases, in order; an image of an older object revision may be among them (R10). */
    images: Type.Array(Id),
    thumbnail: Type.Optional(Type.String()),
  }),
});
