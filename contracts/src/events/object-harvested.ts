import Type from 'typebox';
import { BlobRef } from '../blob-ref.ts';
import { Id } from '../id.ts';
import { MuseumObject } from '../museum-object.ts';
import { Revision } from '../revision.ts';
import { defineEvent } from './define-event.ts';

/** An object as its source describes it now. Published again with an equal revision when the source says it touched the object. */
export const objectHarvested = defineEvent({
  type: 'object.harvested',
  topic: 'vitrine.object.v1',
  key: 'object',
  data: Type.Object({
    object: Id,
    revision: Revision,
    source: Id,
    record: Type.Object({ address: Type.String(), blob: BlobRef }),
    mapping: Type.Object({ format: Type.String(), version: Type.Integer({ minimum: 1 }) }),
    /** A fact of the source, never order: the activity that made us look, so that masters are asked for again. */
    activity: Type.Object({ time: Type.Optional(Type.String()), type: Type.String() }),
    museumObject: MuseumObject,
  }),
});
