// The bus at scale: Kafka, by kafkajs. A topic has the registry's partitions, a group's name is `vitrine.{group}`.
// Lost: nothing that publish() confirmed (acks from all in-sync replicas; `min.insync.replicas` and `replication` are the operator's).

import { randomUUID } from 'node:crypto';
import { deadLetterTopic, type Topic } from '@vitrine/contracts/topics.ts';
import type { ISocketFactory, PartitionMetadata } from 'kafkajs';
import type { Log } from '../log.ts';
import { Problem } from '../problem.ts';
import { withDeadline } from '../with-deadline.ts';
import { kafkaProblem } from './kafka-problem.ts';
import { kafkaPublisher } from './kafka-publisher.ts';
import { kafkaSocket } from './kafka-socket.ts';
import { kafkaMember } from './kafka-subscription.ts';
import { ensureTopics, type WantedTopic } from './kafka-topics.ts';
import { parseKafkaUrl } from './kafka-url.ts';
import { demandKafka } from './kafka-versions.ts';
import { mendKafkajs, openKafkaInside } from './kafkajs-inside.ts';
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
/** @throws Problem `engine-unfit`, `engine-refused`, `port-unavailable` */
export async function openKafkaBus({
  url,
  topics,
  log,
  sessionTimeout = 30_000,
  socketFactory = kafkaSocket,
}: KafkaBusOptions): Promise<Bus> {
  const { Kafka, Partitioners, logLevel } = await import('kafkajs');
  await mendKafkajs();
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

  const publisher = kafkaPublisher({ kafka, createPartitioner: Partitioners.DefaultPartitioner, partitionFor });

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

    let closing = false;
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
          if (!closing) await member.start();
        }
      });
    const subscription: Subscription = {
      pause: member.pause,
      resume: member.resume,
      rest,
      rewind: (targets, between = async () => {}) =>
        rest(async () => {
          await untilEmpty(id, () => closing);
          await between();
          for (const target of targets) await inside.commit(id, target.topic, await positionsOf(target));
        }).catch((thrown: unknown) => {
          throw kafkaProblem(thrown);
        }),
      close: () => {
        closing = true;
        return inTurn(async () => {
          subscriptions.delete(subscription);
          // A bus that doesn't answer must not hold up the end of a process: what was not committed is repeated.
          await withDeadline('kafka', CLOSING, async () => {
            await member.stop();
            await consumer.disconnect();
            if (broadcast) await admin.deleteGroups([id]);
          }).catch(() => {});
        });
      },
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

  async function untilEmpty(id: string, givenUp: () => boolean): Promise<void> {
    for (;;) {
      const { groups } = await admin.describeGroups([id]);
      if (groups.every(({ members }) => members.length === 0)) return;
      if (givenUp()) throw new Problem('port-unavailable', { detail: `${id} still has members` });
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
      demandKafka(await inside.versions());
      await addTopics(Object.entries(topics).map(([name, topic]) => ({ name, ...topic })));
    });
  } catch (thrown) {
    await Promise.all([admin.disconnect().catch(() => {}), inside.close()]);
    throw thrown;
  }

  return {
    publish: publisher.publish,
    subscribe: (options) => guarded(() => subscribe(options)),
    read: async (topic, position) => guarded(() => inside.read(topic, position)),
    lag: (group, topic) => guarded(() => lag(group, topic)),
    check: () => guarded(() => withDeadline('kafka', CHECK, () => admin.describeCluster())).then(() => {}),
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await withDeadline('kafka', CLOSING, () => Promise.all([publisher.close(), admin.disconnect(), inside.close()])).catch(() => {});
    },
  };
}

/** What the partitioner wants to know of a topic: how many partitions it has. */
const metadataOf = (partitions: number): PartitionMetadata[] =>
  Array.from({ length: partitions }, (_, partitionId) => ({ partitionId, partitionErrorCode: 0, leader: 0, replicas: [], isr: [] }));

/** Letters are never lost by age: whoever has dealt with them lets them be. */
const DEAD_LETTERS = { partitions: 1, cleanup: 'delete', retention: -1 } as const;
