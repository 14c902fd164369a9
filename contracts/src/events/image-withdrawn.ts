import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** An image that no published manifest shows any more: its addresses answer 410. */
export const imageWithdrawn = defineEvent({
  type: 'image.withdrawn',
  topic: 'vitrine.image.v1',
  key: 'image',
  data: Type.Object({ image: Id, object: Id, revision: Revision }),
});
