import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** OCR that can't be read. */
export const textRejected = defineEvent({
  type: 'text.rejected',
  topic: 'vitrine.text.v1',
  key: 'image',
  data: Type.Object({ image: Id, object: Id, revision: Revision, code: Type.String(), detail: Type.String() }),
});
