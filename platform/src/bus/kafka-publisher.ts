import type { Kafka, Partitioners, Producer, TopicMessages } from 'kafkajs';
import { Problem } from '../problem.ts';
import { kafkaProblem } from './kafka-problem.ts';
import type { BusRecord, Position } from './port.ts';

/** Below the broker's usual `message.max.bytes`, which holds for what one send brings to a partition. */
const BATCH_BYTES = 800_000;

type Pending = {
  readonly records: readonly BusRecord[];
  readonly bytes: number;
  resolve(positions: readonly Position[]): void;
  reject(problem: Problem): void;
};

export type KafkaPublisher = {
  publish(records: readonly BusRecord[]): Promise<readonly Position[]>;
  /** When what was given to publish() has been sent. */
  close(): Promise<void>;
};

type PublisherOptions = {
  kafka: Kafka;
  createPartitioner: typeof Partitioners.DefaultPartitioner;
  /** @throws Problem `unexpected` for a topic that is not there */
  partitionFor: (record: BusRecord) => number;
};

/** One idempotent producer; what is published in one turn of the event loop is sent together. */
export function kafkaPublisher({ kafka, createPartitioner, partitionFor }: PublisherOptions): KafkaPublisher {
  let producer: Producer | undefined;
  const queue: Pending[] = [];
  let sending: Promise<void> | undefined;

  async function connectedProducer(): Promise<Producer> {
    if (producer) return producer;
    // The partition is stated with each message, so that publish() knows where each went.
    const opened = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner });
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

  return {
    publish: async (records) => {
      const sent = partsOf(records).map(
        (part) =>
          new Promise<readonly Position[]>((resolve, reject) => {
            queue.push({ ...part, resolve, reject });
          }),
      );
      // After this turn, so that what is published together is sent together.
      if (sent.length > 0) sending ??= new Promise<void>((turn) => setImmediate(turn)).then(sendAll);
      return (await Promise.all(sent)).flat();
    },
    close: async () => {
      await sending;
      await producer?.disconnect();
    },
  };
}
