import Type from 'typebox';
import { defineEvent } from './define-event.ts';

/** How one piece of work ended. `code` is `done`, `unchanged`, another word of the stage, or a code of the problem table. */
export const outcomeRecorded = defineEvent({
  type: 'outcome.recorded',
  topic: 'vitrine.outcome.v1',
  key: 'entity',
  data: Type.Object({
    entity: Type.String(),
    stage: Type.String({ description: 'The consumer group, or the part of a service that worked' }),
    failed: Type.Boolean(),
    code: Type.String(),
    detail: Type.Optional(Type.String()),
    milliseconds: Type.Integer({ minimum: 0 }),
    time: Type.String(),
    trace: Type.Optional(Type.String()),
    /** Where the dead letter lies, if the work ended as one. */
    letter: Type.Optional(Type.Object({ topic: Type.String(), group: Type.String(), partition: Type.Integer(), offset: Type.Integer() })),
  }),
});
