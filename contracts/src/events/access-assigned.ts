import Type from 'typebox';
import { AccessClass } from '../access-class.ts';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** The access class of an object, as the policies of version `policy` give it. */
export const accessAssigned = defineEvent({
  type: 'access.assigned',
  topic: 'vitrine.access.v1',
  key: 'object',
  data: Type.Object({ object: Id, revision: Revision, class: AccessClass, policy: Type.Integer({ minimum: 1 }) }),
});
