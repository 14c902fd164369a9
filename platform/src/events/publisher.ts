import type { EventContract, EventOf } from '@vitrine/contracts/events/define-event.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { Static, TSchema } from 'typebox';
import { contentKey, sha256 } from '../blobs/content-key.ts';
import type { Blobs } from '../blobs/port.ts';
import type { Bus } from '../bus/port.ts';
import { Problem } from '../problem.ts';
import { encodeEvent } from './cloud-event.ts';
import { contractFault } from './contract-check.ts';

/** Data above this many bytes go to a content-addressed blob, and the event points there. */
const MAX_INLINE = 64 * 1024;

/** What an event passes on to the events that it causes. */
export type Cause = Pick<EventOf<EventContract>, 'time' | 'traceparent' | 'replay'>;

export type OutgoingEvent = {
  readonly contract: EventContract;
  readonly id: string;
  readonly data: unknown;
  readonly cause: Cause;
};

/**
 * An event to publish. `id` comes from the event's input alone, so the same input gives the same id: by default the subject with its
 * revision.
 */
export function outgoing<T extends string, S extends TSchema>(
  contract: EventContract<T, S>,
  data: Static<S>,
  cause: Cause,
  id = defaultId(contract, data),
): OutgoingEvent {
  return { contract, data, cause, id };
}

const field = (data: unknown, name: string): string => String(typeof data === 'object' && data !== null ? Reflect.get(data, name) : '');

const defaultId = (contract: EventContract, data: unknown): string =>
  `${contract.type}/${field(data, contract.key)}@${field(data, 'revision')}`;

export type Publish = (...events: readonly OutgoingEvent[]) => Promise<void>;

/** @throws Problem `unexpected` for an event that breaks its own contract, `port-unavailable` */
export function createPublisher(service: ServiceName, { bus, blobs }: { bus: Bus; blobs: Blobs }): Publish {
  return async (...events) => {
    const records = await Promise.all(
      events.map(async ({ contract, id, data, cause }) => {
        const fault = contractFault(contract, data);
        if (fault) throw new Problem('unexpected', { detail: `about to publish ${fault}` });
        const attributes = { id, source: `/vitrine/${service}`, type: contract.type, subject: field(data, contract.key), ...cause };
        const text = JSON.stringify(data);
        if (text.length <= MAX_INLINE) return encodeEvent({ ...attributes, data: text }, contract);
        const blob = await blobs.put(contentKey(`${service}/events`, sha256(text), '.json'), Buffer.from(text));
        return encodeEvent({ ...attributes, data: '', dataref: blob.key }, contract);
      }),
    );
    await bus.publish(records);
  };
}

/** The parts of an event that its effects inherit. */
export function causedBy(event: Cause): Cause {
  return {
    ...(event.time === undefined ? {} : { time: event.time }),
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    ...(event.replay === undefined ? {} : { replay: event.replay }),
  };
}
