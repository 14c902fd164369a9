import Type from 'typebox';
import { defineEvent } from './define-event.ts';

/** A command to handle one stored dead letter again, by the group that could not (R7). */
export const letterReplayRequested = defineEvent({
  type: 'replay.letter-requested',
  topic: 'vitrine.replay.v1',
  key: 'replay',
  data: Type.Object({
    replay: Type.String(),
    topic: Type.String(),
    group: Type.String(),
    partition: Type.Integer({ minimum: 0 }),
    offset: Type.Integer({ minimum: 0 }),
  }),
});

/** A command to derive everything again from primary state (R9). */
export const fullReplayRequested = defineEvent({
  type: 'replay.full-requested',
  topic: 'vitrine.replay.v1',
  key: 'replay',
  data: Type.Object({ replay: Type.String(), dropDerived: Type.Boolean() }),
});
