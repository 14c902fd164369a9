import { Problem } from '../problem.ts';
import type { ApiVersions } from './kafkajs-inside.ts';

/**
 * Requests by their API key, from the oldest version that carries what the bus needs to the newest that kafkajs 2.2.4 speaks
 * (https://kafka.apache.org/protocol#protocol_api_keys). Kafka 1.1 was the first to have them all.
 */
const NEEDED = [
  { name: 'Produce', key: 0, from: 3, to: 7 },
  { name: 'Fetch', key: 1, from: 4, to: 11 },
  { name: 'ListOffsets', key: 2, from: 1, to: 3 },
  { name: 'Metadata', key: 3, from: 1, to: 6 },
  { name: 'OffsetCommit', key: 8, from: 2, to: 5 },
  { name: 'InitProducerId', key: 22, from: 0, to: 1 },
  { name: 'DescribeConfigs', key: 32, from: 0, to: 2 },
  { name: 'DeleteGroups', key: 42, from: 0, to: 1 },
] as const;

/** @throws Problem `engine-unfit` where the broker is older or newer than what we can speak to */
export function demandKafka(versions: ApiVersions): void {
  for (const { name, key, from, to } of NEEDED) {
    const spoken = versions[key];
    if (!spoken || spoken.maxVersion < from)
      throw new Problem('engine-unfit', {
        detail: `the Kafka broker is too old: it does not speak ${name} ${from}; Kafka 1.1 or newer is needed`,
      });
    if (spoken.minVersion > to)
      throw new Problem('engine-unfit', {
        detail: `the Kafka broker is too new: it no longer speaks ${name} ${to}; Kafka 4 is the newest that was tried`,
      });
  }
}
