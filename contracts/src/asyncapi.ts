import { eventContracts } from './event-contracts.ts';
import type { EventContract } from './events/define-event.ts';
import { type Topic, topics } from './topics.ts';

const pointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

const attribute = (description: string) => ({ type: 'string', description });

/** CloudEvents 1.0 in the binary mode of its Kafka binding: attributes are headers. */
const HEADERS = {
  type: 'object',
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_dataschema'],
  properties: {
    ce_specversion: { const: '1.0' },
    ce_id: attribute('Unique within the source; the same input gives the same id'),
    ce_source: attribute('/vitrine/{service}'),
    ce_type: attribute('The kind of event'),
    ce_subject: attribute('The entity, which is the key'),
    ce_dataschema: attribute('urn:vitrine:{type}:{major}'),
    ce_time: { type: 'string', format: 'date-time', description: 'The source’s own time, where it gave one' },
    ce_dataref: attribute('The blob that holds the data, where they are larger than 64 KB'),
    ce_replay: attribute('The replay that the event belongs to'),
    traceparent: attribute('W3C Trace Context'),
  },
};

function message({ type, data, key }: EventContract) {
  return {
    name: type,
    contentType: 'application/json',
    headers: { $ref: '#/components/schemas/CloudEventsHeaders' },
    payload: data,
    bindings: { kafka: { key: { type: 'string', description: `The data's ${key}` } } },
  };
}

function channel(name: string, { partitions, cleanup, retention, owner, consumers }: Topic) {
  const spoken = eventContracts.filter(({ topic }) => topic === name);
  return {
    address: name,
    description: `Published by ${owner ?? 'every service'}; read by ${consumers.join(', ') || 'nobody yet'}`,
    messages: Object.fromEntries(spoken.map(({ type }) => [type, { $ref: `#/components/messages/${pointer(type)}` }])),
    bindings: {
      kafka: {
        partitions,
        topicConfiguration: { 'cleanup.policy': [cleanup], ...(retention === undefined ? {} : { 'retention.ms': retention }) },
      },
    },
  };
}

/** The events and their topics as AsyncAPI 3.0. Operations are those of Vitrine as a whole: it sends what others may read. */
export function asyncapi() {
  return {
    asyncapi: '3.0.0',
    info: { title: 'Vitrine', version: '1', license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    channels: Object.fromEntries(Object.entries(topics).map(([name, topic]) => [name, channel(name, topic)])),
    operations: Object.fromEntries(
      Object.keys(topics).map((name) => [`send ${name}`, { action: 'send', channel: { $ref: `#/channels/${pointer(name)}` } }]),
    ),
    components: {
      messages: Object.fromEntries(eventContracts.map((contract) => [contract.type, message(contract)])),
      schemas: { CloudEventsHeaders: HEADERS },
    },
  };
}
