import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** A manifest whose object was withdrawn: its address answers 410. */
export const manifestWithdrawn = defineEvent({
  type: 'manifest.withdrawn',
  topic: 'vitrine.manifest.v1',
  key: 'object',
  data: Type.Object({ object: Id, revision: Revision, objectRevision: Revision }),
});
