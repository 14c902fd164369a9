import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** An object that its source no longer publishes. The tombstone keeps counting revisions. */
export const objectWithdrawn = defineEvent({
  type: 'object.withdrawn',
  topic: 'vitrine.object.v1',
  key: 'object',
  data: Type.Object({ object: Id, revision: Revision, source: Id, reason: Type.String() }),
});
