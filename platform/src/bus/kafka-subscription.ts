// One member of a consumer group. kafkajs only fetches and keeps the membership; records go to key lanes at once, so however long a delivery
// takes, the fetch loop and its heartbeats go on.

import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { Log } from '../log.ts';
import { storedRecord } from './kafkajs-inside.ts';
import { KeyLanes } from './key-lanes.ts';
import type { SubscribeOptions } from './port.ts';

/** Records of a partition in memory, at the most, but for the last batch. */
const WINDOW = 256;
/** For so long a batch waits for room before its partition is paused: pausing costs a fetch of the others. */
const PATIENCE = 250;
const COMMIT_EVERY = 100;
const RESTART = 1000;
const SETTLE = 5000;

type Progress = { readonly topic: string; readonly partition: number; readonly next: number };

export type KafkaMember = {
  start(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Ends the deliveries under way, commits what is done, leaves the group. */
  stop(): Promise<void>;
};

type MemberOptions = Pick<SubscribeOptions, 'topics' | 'concurrency' | 'redeliverAfter' | 'deliver'> & { log: Log };

export function kafkaMember(consumer: Consumer, options: MemberOptions): KafkaMember {
  const { log } = options;
  let lanes = new Map<string, KeyLanes>();
  /** Partitions of the present assignment, as `topic/partition`. */
  let owned = new Set<string>();
  const paused = new Map<string, { topic: string; partition: number }>();
  /** Done and not yet committed. */
  const done = new Map<string, Progress>();
  /** The last of each partition, committed or on its way: kafkajs drops a commit in silence while it is away. */
  const newest = new Map<string, Progress>();
  let memberId = '';
  /** A start of kafkajs's own is under way: resolved when it has joined, or given up. */
  let away: PromiseWithResolvers<void> | undefined;
  let committing: Promise<void> | undefined;
  let held = false;
  /** Between start() and stop(): records are taken in. */
  let running = false;
  let restart: NodeJS.Timeout | undefined;

  const nameOf = (topic: string, partition: number) => `${topic}/${partition}`;

  function openLanes(): Map<string, KeyLanes> {
    const { topics, concurrency, redeliverAfter, deliver } = options;
    return new Map(
      topics.map((topic) => {
        const commit = (partition: number, next: number) => noteDone(topic, partition, next);
        const opened = new KeyLanes({ concurrency, redeliverAfter, deliver, window: WINDOW, commit });
        if (held) opened.hold();
        return [topic, opened];
      }),
    );
  }

  function noteDone(topic: string, partition: number, next: number): void {
    const name = nameOf(topic, partition);
    if (!owned.has(name)) return;
    done.set(name, { topic, partition, next });
    newest.set(name, { topic, partition, next });
    committing ??= commitAll();
    if (paused.has(name) && !lanes.get(topic)?.isFull(partition)) resumePartition(name);
  }

  async function commitAll(): Promise<void> {
    while (done.size > 0) {
      const batch = [...done.entries()];
      done.clear();
      try {
        await consumer.commitOffsets(batch.map(([, { topic, partition, next }]) => ({ topic, partition, offset: String(next) })));
      } catch {
        // Work is repeated at worst. What is still ours is committed with what comes next, and at the latest after the group has settled.
        for (const [name, entry] of batch) if (owned.has(name) && !done.has(name)) done.set(name, entry);
        if (!running) break;
      }
      if (running) await new Promise((resolve) => setTimeout(resolve, COMMIT_EVERY));
    }
    // In the turn that saw nothing left: what is done after it starts anew.
    committing = undefined;
  }

  function resumePartition(name: string): void {
    const entry = paused.get(name);
    paused.delete(name);
    try {
      if (entry && running) consumer.resume([{ topic: entry.topic, partitions: [entry.partition] }]);
    } catch {
      // It is away: when it is back, nothing is paused.
    }
  }

  async function eachBatch({ batch, pause }: EachBatchPayload): Promise<void> {
    const { topic, partition } = batch;
    const topicLanes = lanes.get(topic);
    if (!topicLanes || !running) return;
    let room: Promise<void> | undefined;
    for (const message of batch.messages) room = topicLanes.admit(storedRecord(topic, partition, message));
    if (!room) return;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE);
    });
    await Promise.race([room, patience]);
    clearTimeout(timer);
    if (!topicLanes.isFull(partition)) return;
    paused.set(nameOf(topic, partition), { topic, partition });
    pause();
  }

  consumer.on(consumer.events.REBALANCING, () => {
    for (const topicLanes of lanes.values()) topicLanes.hold();
  });
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const assignment: Record<string, readonly number[]> = payload.memberAssignment;
    // The group went on without the member that it was: it may have been rewound meanwhile, so what was taken in says nothing any more.
    const stranger = memberId !== payload.memberId;
    memberId = payload.memberId;
    owned = new Set(Object.entries(assignment).flatMap(([topic, partitions]) => partitions.map((partition) => nameOf(topic, partition))));
    for (const known of [done, newest]) for (const name of known.keys()) if (stranger || !owned.has(name)) known.delete(name);
    for (const [topic, topicLanes] of lanes) {
      for (const partition of topicLanes.partitions())
        if (stranger || !owned.has(nameOf(topic, partition))) void topicLanes.release(partition);
      if (!held) topicLanes.flow();
    }
    for (const [name, { topic, partition }] of paused) if (!lanes.get(topic)?.isFull(partition)) resumePartition(name);
    for (const [name, progress] of newest) if (!done.has(name)) done.set(name, progress);
    if (done.size > 0) committing ??= commitAll();
    away?.resolve();
    away = undefined;
  });
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart: restarts } }) => {
    log.warn({ cause: error.message }, 'the bus does not answer a group');
    paused.clear();
    away?.resolve();
    away = restarts ? Promise.withResolvers<void>() : undefined;
    if (restarts || !running) return;
    // kafkajs gives up on what it takes for final, such as a topic that is gone: an operator may mend it while this waits.
    restart = setTimeout(() => void run().catch(() => {}), RESTART);
  });

  const run = () => consumer.run({ autoCommit: false, partitionsConsumedConcurrently: 8, eachBatch });

  return {
    start: async () => {
      running = true;
      lanes = openLanes();
      await run();
    },
    pause: () => {
      held = true;
      for (const topicLanes of lanes.values()) topicLanes.hold();
    },
    resume: () => {
      held = false;
      for (const topicLanes of lanes.values()) topicLanes.flow();
    },
    stop: async () => {
      clearTimeout(restart);
      running = false;
      await Promise.all([...lanes.values()].map((topicLanes) => topicLanes.drain()));
      await committing;
      await commitAll();
      // What could not be committed is done again: after a rest it would be another's word against the group's.
      done.clear();
      newest.clear();
      paused.clear();
      // Stopped amid a start of its own, kafkajs would join all the same.
      if (away) await Promise.race([away.promise, new Promise((resolve) => setTimeout(resolve, SETTLE))]);
      await consumer.stop();
      owned.clear();
      lanes = new Map();
    },
  };
}
