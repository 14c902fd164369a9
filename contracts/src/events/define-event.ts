import type { Static, TSchema } from 'typebox';
import type { TopicName } from '../topics.ts';

/**
 * The contract of one kind of event: its CloudEvents `type`, its topic, the field of its data that is its key and subject,
 * and the schema of its data. The major is in the topic and in `dataschema`, never in the type.
 */
export type EventContract<T extends string = string, S extends TSchema = TSchema> = {
  readonly type: T;
  readonly topic: TopicName;
  readonly key: string;
  readonly data: S;
};

/** An event as handlers see it, its data already checked against the contract. */
export type EventOf<C extends EventContract> = {
  /** Unique within `source`; made from the event's input, so a second publication has the same id. */
  readonly id: string;
  readonly type: C['type'];
  readonly source: string;
  readonly subject: string;
  readonly data: Static<C['data']>;
  /** RFC 3339, the source's own time; absent where the source gave none. */
  readonly time?: string;
  readonly traceparent?: string;
  /** The replay that this event belongs to: consumers derive again even when they know the revision. */
  readonly replay?: string;
};

export function defineEvent<const T extends string, S extends TSchema>(contract: EventContract<T, S>): EventContract<T, S> {
  return contract;
}
