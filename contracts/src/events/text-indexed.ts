import Type from 'typebox';
import { BlobRef } from '../blob-ref.ts';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** The words of an image's canvas, findable now. */
export const textIndexed = defineEvent({
  type: 'text.indexed',
  topic: 'vitrine.text.v1',
  key: 'image',
  data: Type.Object({
    image: Id,
    object: Id,
    revision: Revision,
    words: Type.Integer({ minimum: 0 }),
    /** The page model: text in reading order and packed word boxes. */
    page: BlobRef,
  }),
});
