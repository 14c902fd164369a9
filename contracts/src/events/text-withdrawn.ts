import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** The words of an image are no longer findable. */
export const textWithdrawn = defineEvent({
  type: 'text.withdrawn',
  topic: 'vitrine.text.v1',
  key: 'image',
  data: Type.Object({ image: Id, object: Id, revision: Revision }),
});
