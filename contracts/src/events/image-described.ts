import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** An image that somebody else's image service delivers: we point at it and convert nothing. */
export const imageDescribed = defineEvent({
  type: 'image.described',
  topic: 'vitrine.image.v1',
  key: 'image',
  data: Type.Object({
    image: Id,
    object: Id,
    revision: Revision,
    service: Type.Object({ id: Type.String(), type: Type.String(), profile: Type.Optional(Type.String()) }),
    width: Type.Integer({ minimum: 1 }),
    height: Type.Integer({ minimum: 1 }),
  }),
});
