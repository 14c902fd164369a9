import Type from 'typebox';
import { defineEvent } from './define-event.ts';

/** The policies changed: what was assigned under a version below `tightened` is refused until it is assigned anew. */
export const accessPolicyPublished = defineEvent({
  type: 'access.policy-published',
  topic: 'vitrine.access.v1',
  key: 'policy',
  data: Type.Object({
    policy: Type.Literal('policy'),
    version: Type.Integer({ minimum: 1 }),
    tightened: Type.Integer({ minimum: 0, description: 'The oldest version whose assignments still hold' }),
  }),
});
