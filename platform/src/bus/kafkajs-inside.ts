// What kafkajs 2.2.4 has inside and does not offer. Its version is pinned, and nothing else reaches in.

import type { Kafka } from 'kafkajs';
import { Problem } from '../problem.ts';
import type { Position, StoredRecord } from './port.ts';

type RawMessage = {
  offset: string;
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
};
type FetchRequest = {
  maxWaitTime: number;
  minBytes: number;
  maxBytes: number;
  isolationLevel: number;
  topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[];
};
type CommitRequest = {
  groupId: string;
  groupGenerationId: number;
  memberId: string;
  topics: { topic: string; partitions: { partition: number; offset: string }[] }[];
};
type Broker = {
  fetch(request: FetchRequest): Promise<{ responses: { partitions: { messages: RawMessage[] }[] }[] }>;
  offsetCommit(request: CommitRequest): Promise<unknown>;
};
/** By API key, what a broker speaks of each request. */
export type ApiVersions = Readonly<Record<number, { readonly minVersion: number; readonly maxVersion: number }>>;
type Cluster = {
  brokerPool: { versions: ApiVersions | null };
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<unknown>;
  refreshMetadata(): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(node: { nodeId: string }): Promise<Broker>;
  findGroupCoordinator(group: { groupId: string }): Promise<Broker>;
};

const RECORD_BYTES = 2 * 1024 * 1024;
const READ_COMMITTED = 1;
/** A commit from outside a group, which Kafka takes while the group has no member. */
const NO_GENERATION = -1;

/** How often a connection looks for requests that wait too long, in milliseconds; kafkajs looks ten times as often. */
const LOOK_FOR_LATE = 1000;

/** A response begins with its length, in so many bytes. */
const LENGTH_BYTES = 4;

let mended = false;

/** Mends what kafkajs 2.2.4 does wrong, once a process. */
export async function mendKafkajs(): Promise<void> {
  if (mended) return;
  mended = true;
  const { default: RequestQueue } = await import('kafkajs/src/network/requestQueue/index.js');
  const { default: Connection } = await import('kafkajs/src/network/connection.js');
  // An idle connection arms a timer with a negative time, which Node 24 fires every millisecond (its issue 1751). Armed only where a request waits,
  // nothing changes but the idling.
  const { scheduleCheckPendingRequests } = RequestQueue.prototype;
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule() {
    if (this.pending.length > 0) scheduleCheckPendingRequests.call(this);
  };
  // One timer looks for late requests of all connections; kafkajs has one a connection, and each wakes an idle process.
  const queues = new Set<InstanceType<typeof RequestQueue>>();
  let timer: NodeJS.Timeout | undefined;
  const lookForLate = () => {
    const now = Date.now();
    for (const queue of queues) {
      for (const request of queue.inflight.values()) if (now - request.sentAt > request.requestTimeout) request.timeoutRequest();
      if (!queue.isConnected()) queues.delete(queue);
    }
    if (queues.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  RequestQueue.prototype.scheduleRequestTimeoutCheck = function watch() {
    queues.add(this);
    timer ??= setInterval(lookForLate, LOOK_FOR_LATE);
  };
  // A connection that broke amid a response keeps the half of it, takes what it is told after it is connected again for the other half, and
  // throws where nobody catches: the process dies.
  const { connect } = Connection.prototype;
  Connection.prototype.connect = function connectAnew() {
    if (!this.isConnected()) {
      this.chunks = [];
      this.bytesBuffered = 0;
      this.bytesNeeded = LENGTH_BYTES;
    }
    return connect.call(this);
  };
  const { processData } = Connection.prototype;
  Connection.prototype.processData = function processOrBreak(data) {
    try {
      processData.call(this, data);
    } catch (thrown) {
      this.rejectRequests(new Error('the broker says what can’t be read', { cause: thrown }));
      void this.disconnect().catch(() => {});
    }
  };
}

export type KafkaInside = {
  /** What the broker speaks. */
  versions(): Promise<ApiVersions>;
  /** One record, without a group. */
  read(topic: string, position: Position): Promise<StoredRecord | undefined>;
  /** Sets the offsets of a group that has no member. */
  commit(groupId: string, topic: string, positions: readonly Position[]): Promise<void>;
  close(): Promise<void>;
};

export function openKafkaInside(kafka: Kafka): KafkaInside {
  let opened: Promise<Cluster> | undefined;

  async function open(): Promise<Cluster> {
    const created = clusterOf(kafka);
    await created.connect();
    return created;
  }

  // What failed is opened anew: a cluster keeps the connections that broke.
  async function withCluster<T>(work: (cluster: Cluster) => Promise<T>): Promise<T> {
    opened ??= open();
    const mine = opened;
    try {
      return await work(await mine);
    } catch (cause) {
      if (opened === mine) opened = undefined;
      await mine.then((cluster) => cluster.disconnect()).catch(() => {});
      throw cause;
    }
  }

  const read = (topic: string, { partition, offset }: Position) =>
    withCluster(async (cluster) => {
      await cluster.addTargetTopic(topic);
      await cluster.refreshMetadata();
      const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
      if (nodeId === undefined) return undefined;
      const broker = await cluster.findBroker({ nodeId });
      const { responses } = await broker.fetch({
        maxWaitTime: 1,
        minBytes: 0,
        maxBytes: RECORD_BYTES,
        isolationLevel: READ_COMMITTED,
        topics: [{ topic, partitions: [{ partition, fetchOffset: String(offset), maxBytes: RECORD_BYTES }] }],
      });
      const messages = responses.flatMap(({ partitions }) => partitions.flatMap((answered) => answered.messages));
      const found = messages.find((message) => Number(message.offset) === offset);
      return found && storedRecord(topic, partition, found);
    });

  return {
    versions: () => withCluster(async ({ brokerPool }) => brokerPool.versions ?? {}),
    read: (topic, position) =>
      read(topic, position).catch((cause: unknown) => {
        // Past the end, or deleted by retention: there is no such record.
        if (cause instanceof Error && cause.name === 'KafkaJSOffsetOutOfRange') return undefined;
        if (Reflect.get(Object(cause), 'type') === 'OFFSET_OUT_OF_RANGE') return undefined;
        throw cause;
      }),
    commit: (groupId, topic, positions) =>
      withCluster(async (cluster) => {
        const coordinator = await cluster.findGroupCoordinator({ groupId });
        const partitions = positions.map(({ partition, offset }) => ({ partition, offset: String(offset) }));
        await coordinator.offsetCommit({
          groupId,
          groupGenerationId: NO_GENERATION,
          memberId: '',
          topics: [{ topic, partitions }],
        });
      }),
    close: async () => {
      await opened?.then((cluster) => cluster.disconnect()).catch(() => {});
    },
  };
}

/** A message of kafkajs as the port has it. */
export function storedRecord(topic: string, partition: number, { offset, key, value, headers = {} }: RawMessage): StoredRecord {
  return {
    topic,
    partition,
    offset: Number(offset),
    key: key === null ? '' : String(key),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text ?? '')])),
    value: value === null ? '' : String(value),
  };
}

function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description === 'private:Kafka:createCluster');
  const create: unknown = symbol && Reflect.get(kafka, symbol);
  const cluster: unknown = typeof create === 'function' ? create({ metadataMaxAge: 300_000, allowAutoTopicCreation: false }) : undefined;
  if (!isCluster(cluster)) throw new Problem('unexpected', { detail: 'this kafkajs is not the one that the bus was written for' });
  return cluster;
}

function isCluster(value: unknown): value is Cluster {
  const methods = ['connect', 'addTargetTopic', 'findLeaderForPartitions', 'findBroker', 'findGroupCoordinator'];
  return (
    typeof value === 'object' &&
    value !== null &&
    'brokerPool' in value &&
    methods.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
