import Type from 'typebox';
import { Id } from '../id.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** The reason of a request for an image whose derivative could not be read: it is looked at, and made again. */
export const DERIVATIVE_DAMAGED = 'derivative-damaged';

/** The reason of a request by an operator: the image is made anew, whatever came of it before. */
export const ASKED_AGAIN = 'asked-again';

const data = Type.Object({
  image: Id,
  object: Id,
  objectRevision: Revision,
  /** Whose object it is: sources take turns. Absent from releases that did not say. */
  source: Type.Optional(Id),
  /** What made the planner ask: an activity of the source, a damaged derivative, a replay. */
  reason: Type.String(),
});

/** Work for a converter, wanted now. */
export const conversionRequested = defineEvent({ type: 'conversion.requested', topic: 'vitrine.conversion.v1', key: 'image', data });

/** Work for a converter that may wait behind everything urgent. */
export const bulkConversionRequested = defineEvent({
  type: 'conversion.bulk-requested',
  topic: 'vitrine.conversion-bulk.v1',
  key: 'image',
  data,
});
