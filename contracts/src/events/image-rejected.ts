import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** A master that can't become a derivative; the manifest goes on without it. */
export const imageRejected = defineEvent({
  type: 'image.rejected',
  topic: 'vitrine.image.v1',
  key: 'image',
  data: Type.Object({ image: Id, object: Id, revision: Revision, code: Type.String(), detail: Type.String() }),
});
