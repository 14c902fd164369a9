// The bus at scale: Kafka, by kafkajs. A topic has the registry's partitions, a group's name is `vitrine.{group}`.
// Lost: nothing that publish() confirmed (acks from all in-sync replicas; `min.insync.replicas` and `replication` are the operator's).

import { randomUUID } from 'node:crypto';
import { deadLetterTopic, type Topic } from '@vitrine/contracts/topics.ts';
import type { ISocketFactory, KafkaConfig, PartitionMetadata, Producer, TopicMessages } from 'kafkajs';
import type { Log } from '../log.ts';
import { asProblem, Problem } from '../problem.ts';
import { withDeadline } from '../with-deadline.ts';
import { kafkaSocket } from './kafka-socket.ts';
import { kafkaMember } from './kafka-subscription.ts';
import { ensureTopics, type WantedTopic } from './kafka-topics.ts';
import { mendIdleTimers, openKafkaInside } from './kafkajs-inside.ts';
import type { Bus, BusRecord, Position, RewindTarget, SubscribeOptions, Subscription } from './port.ts';

export type KafkaBusOptions = {
  /** `kafka://[user:password@]host:port[,host:port…][?ssl=true&mechanism=scram-sha-512&replication=3]` */
  url: string;
  topics: Readonly<Record<string, Topic>>;
  log: Log;
  /** Milliseconds without a heartbeat after which a member counts as dead. */
  sessionTimeout?: number;
  /** The network, for tests in which it dies. */
  socketFactory?: ISocketFactory;
};

/** kafkajs waits for records for so long at a time: leaving a group and a rebalance take no longer, and an idle group asks no oftener. */
const FETCH_WAIT = 4000;
const CHECK = 3000;
const CLOSING = 8000;
/** Below the broker's usual `message.max.bytes`, which holds for what one send brings to a partition. */
const BATCH_BYTES = 800_000;

type Pending = {
  readonly records: readonly BusRecord[];
  readonly bytes: number;
  resolve(positions: readonly Position[]): void;
  reject(problem: Problem): void;
};

/** @throws Problem `engine-unfit`, `engine-refused`, `port-unavailable` */
export async function openKafkaBus({
  url,
  topics,
  log,
  sessionTimeout = 30_000,
  socketFactory = kafkaSocket,
}: KafkaBusOptions): Promise<Bus> {
  const { Kafka, Partitioners, logLevel } = await import('kafkajs');
  await mendIdleTimers();
  const { replication, ...connection } = parseKafkaUrl(url);
  const kafka = new Kafka({
    ...connection,
    socketFactory,
    clientId: 'vitrine',
    connectionTimeout: 3000,
    requestTimeout: 10_000,
    retry: { retries: 4, initialRetryTime: 200, maxRetryTime: 2000 },
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: { message, ...rest } }) =>
        log.debug({ namespace, cause: rest['error'] }, message),
  });
  const admin = kafka.admin();
  const inside = openKafkaInside(kafka);
  const partitioner = Partitioners.DefaultPartitioner();
  const groupId = (group: string) => `vitrine.${group}`;
  const subscriptions = new Set<Subscription>();
  const partitionsOf = new Map<string, PartitionMetadata[]>();

  async function addTopics(wanted: readonly WantedTopic[]): Promise<void> {
    const missing = wanted.filter(({ name }) => !partitionsOf.has(name));
    await ensureTopics(admin, missing, replication);
    for (const { name, partitions } of missing) partitionsOf.set(name, metadataOf(partitions));
  }

  function partitionFor({ topic, key }: BusRecord): number {
    const partitionMetadata = partitionsOf.get(topic);
    if (!partitionMetadata) throw new Problem('unexpected', { detail: `no topic ${topic} in the registry` });
    return partitioner({ topic, partitionMetadata, message: { key, value: '' } });
  }

  // --- publishing ---

  let producer: Producer | undefined;
  const queue: Pending[] = [];
  let sending: Promise<void> | undefined;

  async function connectedProducer(): Promise<Producer> {
    if (producer) return producer;
    // The partition is stated with each message, so that publish() knows where each went.
    const opened = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: Partitioners.DefaultPartitioner });
    await opened.connect().catch(async (thrown: unknown) => {
      await opened.disconnect().catch(() => {});
      throw thrown;
    });
    producer = opened;
    return opened;
  }

  async function sendBatch(batch: readonly Pending[]): Promise<void> {
    const records = batch.flatMap((pending) => pending.records);
    const messages = new Map<string, TopicMessages>();
    const places = records.map((record) => {
      const partition = partitionFor(record);
      const entry = messages.get(record.topic) ?? { topic: record.topic, messages: [] };
      messages.set(record.topic, entry);
      entry.messages.push({ key: record.key, value: record.value, headers: { ...record.headers }, partition });
      return `${record.topic}/${partition}`;
    });
    const used = await connectedProducer();
    const answers = await used.sendBatch({ acks: -1, topicMessages: [...messages.values()] });
    // Messages of a partition keep the order in which they were given.
    const next = new Map(answers.map(({ topicName, partition, baseOffset }) => [`${topicName}/${partition}`, Number(baseOffset)]));
    const positions = places.map((place): Position => {
      const offset = next.get(place) ?? 0;
      next.set(place, offset + 1);
      return { partition: Number(place.slice(place.lastIndexOf('/') + 1)), offset };
    });
    let from = 0;
    for (const { records: mine, resolve } of batch) {
      resolve(positions.slice(from, from + mine.length));
      from += mine.length;
    }
  }

  async function sendAll(): Promise<void> {
    while (queue.length > 0) {
      const batch: Pending[] = [];
      for (let size = 0; queue[0] && (batch.length === 0 || size + queue[0].bytes <= BATCH_BYTES); ) {
        const pending = queue.shift();
        if (!pending) break;
        batch.push(pending);
        size += pending.bytes;
      }
      try {
        await sendBatch(batch);
      } catch (thrown) {
        // An idempotent producer whose send failed doesn't know whether its sequence number was used: what it sent next under the same number
        // the broker would take for the same, and drop. A new producer has a new identity.
        const failed = producer;
        producer = undefined;
        void failed?.disconnect().catch(() => {});
        for (const { reject } of batch) reject(kafkaProblem(thrown));
      }
    }
    // In the turn that saw the queue empty: what comes after it starts anew.
    sending = undefined;
  }

  /** Parts that the broker takes as one batch each. */
  function partsOf(records: readonly BusRecord[]): { records: BusRecord[]; bytes: number }[] {
    const parts: { records: BusRecord[]; bytes: number }[] = [];
    for (const record of records) {
      partitionFor(record);
      const bytes = Buffer.byteLength(record.value) + Buffer.byteLength(JSON.stringify(record.headers)) + record.key.length;
      if (bytes > BATCH_BYTES) throw new Problem('unexpected', { detail: `a record of ${bytes} bytes, at most ${BATCH_BYTES}` });
      const last = parts.at(-1);
      if (last && last.bytes + bytes <= BATCH_BYTES) {
        last.records.push(record);
        last.bytes += bytes;
      } else parts.push({ records: [record], bytes });
    }
    return parts;
  }

  async function publish(records: readonly BusRecord[]): Promise<readonly Position[]> {
    const sent = partsOf(records).map(
      (part) =>
        new Promise<readonly Position[]>((resolve, reject) => {
          queue.push({ ...part, resolve, reject });
        }),
    );
    // After this turn, so that what is published together is sent together.
    if (sent.length > 0) sending ??= new Promise<void>((turn) => setImmediate(turn)).then(sendAll);
    return (await Promise.all(sent)).flat();
  }

  // --- subscribing ---

  async function subscribe(options: SubscribeOptions): Promise<Subscription> {
    const { broadcast = false } = options;
    const id = broadcast ? `${groupId(options.group)}.${randomUUID()}` : groupId(options.group);
    const unknown = options.topics.find((topic) => !partitionsOf.has(topic));
    if (unknown !== undefined) throw new Problem('unexpected', { detail: `no topic ${unknown} in the registry` });
    if (!broadcast) await addTopics(options.topics.map((topic) => ({ name: deadLetterTopic(topic, options.group), ...DEAD_LETTERS })));
    const consumer = kafka.consumer({
      groupId: id,
      sessionTimeout,
      heartbeatInterval: Math.min(3000, Math.floor(sessionTimeout / 4)),
      rebalanceTimeout: Math.max(10_000, sessionTimeout),
      maxWaitTimeInMs: Math.min(FETCH_WAIT, Math.floor(sessionTimeout / 4)),
      maxBytesPerPartition: 256 * 1024,
      allowAutoTopicCreation: false,
    });
    // A group of its own that begins where the topics end now, also for a member that comes back after an outage.
    if (broadcast) for (const topic of options.topics) await inside.commit(id, topic, await endsOf(topic));
    const member = kafkaMember(consumer, { ...options, log: log.child({ group: options.group }) });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...options.topics], fromBeginning: !broadcast });
      await member.start();
    } catch (thrown) {
      await consumer.disconnect().catch(() => {});
      throw thrown;
    }

    let turn: Promise<unknown> = Promise.resolve();
    // Start and stop never overlap, whoever asks for them.
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
      const mine = turn.then(work, work);
      turn = mine.catch(() => {});
      return mine;
    };
    const rest = (during: () => Promise<void>) =>
      inTurn(async () => {
        await member.stop();
        try {
          await during();
        } finally {
          await member.start();
        }
      });
    const subscription: Subscription = {
      pause: member.pause,
      resume: member.resume,
      rest,
      rewind: (targets, between = async () => {}) =>
        rest(async () => {
          await untilEmpty(id);
          await between();
          for (const target of targets) await inside.commit(id, target.topic, await positionsOf(target));
        }).catch((thrown: unknown) => {
          throw kafkaProblem(thrown);
        }),
      close: () =>
        inTurn(async () => {
          subscriptions.delete(subscription);
          // A bus that doesn't answer must not hold up the end of a process: what was not committed is repeated.
          await withDeadline('kafka', CLOSING, async () => {
            await member.stop();
            await consumer.disconnect();
            if (broadcast) await admin.deleteGroups([id]);
          }).catch(() => {});
        }),
    };
    subscriptions.add(subscription);
    return subscription;
  }

  async function endsOf(topic: string): Promise<Position[]> {
    return (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => ({ partition, offset: Number(high) }));
  }

  async function positionsOf({ topic, from }: RewindTarget): Promise<readonly Position[]> {
    if (from) return from;
    return (await admin.fetchTopicOffsets(topic)).map(({ partition, low }) => ({ partition, offset: Number(low) }));
  }

  async function untilEmpty(id: string): Promise<void> {
    for (;;) {
      const { groups } = await admin.describeGroups([id]);
      if (groups.every(({ members }) => members.length === 0)) return;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async function lag(group: string, topic: string): Promise<number> {
    if (!partitionsOf.has(topic)) throw new Problem('unexpected', { detail: `no topic ${topic} in the registry` });
    const [[committed], ends] = await Promise.all([
      admin.fetchOffsets({ groupId: groupId(group), topics: [topic] }),
      admin.fetchTopicOffsets(topic),
    ]);
    const at = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.reduce((sum, { partition, high, low }) => {
      const offset = at.get(partition) ?? -1;
      return sum + Number(high) - Math.max(offset, Number(low));
    }, 0);
  }

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (thrown) {
      throw kafkaProblem(thrown);
    }
  };

  try {
    await guarded(async () => {
      await admin.connect();
      await addTopics(Object.entries(topics).map(([name, topic]) => ({ name, ...topic })));
    });
  } catch (thrown) {
    await admin.disconnect().catch(() => {});
    throw thrown;
  }

  return {
    publish,
    subscribe: (options) => guarded(() => subscribe(options)),
    read: async (topic, position) => guarded(() => inside.read(topic, position)),
    lag: (group, topic) => guarded(() => lag(group, topic)),
    check: () => guarded(() => withDeadline('kafka', CHECK, () => admin.describeCluster())).then(() => {}),
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await sending;
      await withDeadline('kafka', CLOSING, () => Promise.all([producer?.disconnect(), admin.disconnect(), inside.close()])).catch(() => {});
    },
  };
}

/** What the partitioner wants to know of a topic: how many partitions it has. */
const metadataOf = (partitions: number): PartitionMetadata[] =>
  Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, partitionErrorCode: 0, leader: 0, replicas: [], isr: [] }));

/** Letters are never lost by age: whoever has dealt with them lets them be. */
const DEAD_LETTERS = { partitions: 1, cleanup: 'delete', retention: -1 } as const;

function parseKafkaUrl(text: string): Pick<KafkaConfig, 'ssl' | 'sasl'> & { brokers: string[]; replication: number } {
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
  const sasl = username === undefined || password === undefined ? {} : { sasl: saslOf(mechanism, username, password) };
  return { brokers, replication: Number(parameters.get('replication') ?? 1), ssl: parameters.get('ssl') === 'true', ...sasl };
}

function saslOf(mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', username: string, password: string) {
  if (mechanism === 'plain') return { mechanism, username, password } as const;
  if (mechanism === 'scram-sha-256') return { mechanism, username, password } as const;
  return { mechanism, username, password } as const;
}

const REFUSALS = /AUTHORIZATION_FAILED|SASL|POLICY_VIOLATION/;

/** Whatever Kafka says is the engine's fault and no record's: it holds the group up, and nothing goes to the dead letters for it. */
function kafkaProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const { message } = asProblem(thrown);
  const inner: unknown = Reflect.get(Object(thrown), 'errors');
  const kind = [thrown, ...(Array.isArray(inner) ? inner : [])]
    .map((error) => `${Reflect.get(Object(error), 'type') ?? ''} ${error instanceof Error ? error.name : ''}`)
    .join(' ');
  if (kind.includes('INVALID_REPLICATION_FACTOR'))
    return new Problem('engine-unfit', { detail: 'kafka has fewer brokers than the replication that VITRINE_BUS asks for', cause: thrown });
  return new Problem(REFUSALS.test(kind) ? 'engine-refused' : 'port-unavailable', { detail: `kafka: ${message}`, cause: thrown });
}
