import type { EventContract } from '@vitrine/contracts/events/define-event.ts';
import type { BusRecord } from '../bus/port.ts';
import { Problem } from '../problem.ts';

/** An event as it lies on the bus: attributes known, data not yet checked. */
export type RawEvent = {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time?: string;
  readonly traceparent?: string;
  readonly replay?: string;
  /** Where the data lie when they are too large for the bus. */
  readonly dataref?: string;
  readonly data: string;
};

/** CloudEvents 1.0, Kafka protocol binding 3.2, binary mode: attributes are `ce_` headers, the value is the data. */
export function encodeEvent(event: RawEvent, contract: Pick<EventContract, 'topic' | 'type'>): BusRecord {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_source: event.source,
    ce_type: event.type,
    ce_subject: event.subject,
    ce_dataschema: dataSchema(contract),
    'content-type': 'application/json',
  };
  if (event.time !== undefined) headers['ce_time'] = event.time;
  if (event.dataref !== undefined) headers['ce_dataref'] = event.dataref;
  if (event.replay !== undefined) headers['ce_replay'] = event.replay;
  if (event.traceparent !== undefined) headers['traceparent'] = event.traceparent;
  return { topic: contract.topic, key: event.subject, headers, value: event.data };
}

/** The schema's name with the major of its topic: a new major is a new schema, the type stays. */
function dataSchema({ topic, type }: Pick<EventContract, 'topic' | 'type'>): string {
  return `urn:vitrine:${type}:${topic.slice(topic.lastIndexOf('.') + 1)}`;
}

/** @throws Problem `event-invalid` when a required attribute is missing */
export function decodeEvent(record: BusRecord): RawEvent {
  const { headers } = record;
  const required = (name: string): string => {
    const value = headers[`ce_${name}`];
    if (value === undefined || value === '') throw new Problem('event-invalid', { detail: `no CloudEvents attribute ${name}` });
    return value;
  };
  if (required('specversion') !== '1.0') throw new Problem('event-invalid', { detail: `specversion ${headers['ce_specversion']}` });
  const { ce_time: time, traceparent, ce_replay: replay, ce_dataref: dataref } = headers;
  return {
    id: required('id'),
    source: required('source'),
    type: required('type'),
    subject: headers['ce_subject'] ?? record.key,
    data: record.value,
    ...(time === undefined ? {} : { time }),
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(replay === undefined ? {} : { replay }),
    ...(dataref === undefined ? {} : { dataref }),
  };
}
