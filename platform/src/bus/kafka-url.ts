import type { KafkaConfig } from 'kafkajs';
import { Problem } from '../problem.ts';

type KafkaAddress = Pick<KafkaConfig, 'ssl' | 'sasl'> & { brokers: string[]; replication: number };

/**
 * `kafka://[user:password@]host:port[,host:port…][?ssl=true&mechanism=scram-sha-512&replication=3]`
 *
 * @throws Problem `configuration-invalid`
 */
export function parseKafkaUrl(text: string): KafkaAddress {
  const match = /^kafka:\/\/(?:([^:@/]+):([^@/]+)@)?([^/?]+)\/?(?:\?(.*))?$/.exec(text);
  const brokers = match?.[3]?.split(',') ?? [];
  if (!match || brokers.some((broker) => !/^[^:]+:\d+$|^\[[0-9a-f:]+\]:\d+$/i.test(broker)))
    throw new Problem('configuration-invalid', { detail: 'VITRINE_BUS is not kafka://host:port[,host:port]' });
  const parameters = new URLSearchParams(match[4] ?? '');
  const [username, password] = [match[1], match[2]].map((part) => (part === undefined ? undefined : decodeURIComponent(part)));
  const mechanism = parameters.get('mechanism') ?? 'scram-sha-512';
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw new Problem('configuration-invalid', {
      detail: `VITRINE_BUS: mechanism=${mechanism} is none of plain, scram-sha-256, scram-sha-512`,
    });
  const replication = Number(parameters.get('replication') ?? 1);
  if (!Number.isInteger(replication) || replication < 1)
    throw new Problem('configuration-invalid', {
      detail: `VITRINE_BUS: replication=${parameters.get('replication')} is no number of copies`,
    });
  const sasl = username === undefined || password === undefined ? {} : { sasl: saslOf(mechanism, username, password) };
  return { brokers, replication, ssl: parameters.get('ssl') === 'true', ...sasl };
}

function saslOf(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username: string, password: string) {
  if (mechanism === 'plain') return { mechanism, username, password } as const;
  if (mechanism === 'scram-sha-256') return { mechanism, username, password } as const;
  return { mechanism, username, password } as const;
}
