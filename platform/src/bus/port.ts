/** What is published: `key` decides the order, `headers` and `value` are kept as they are. */
export type BusRecord = {
  readonly topic: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, in practice JSON. */
  readonly value: string;
};

/** Where a record lies in its topic. Offsets of a partition rise and may have gaps. */
export type Position = { readonly partition: number; readonly offset: number };

export type StoredRecord = BusRecord & Position;

export type SubscribeOptions = {
  /** Members of one group share its work; each group sees every record. */
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Every subscriber gets each record that is published after subscribe() resolved; nothing is committed. For what each process keeps in memory.
   */
  readonly broadcast?: boolean;
  /** How many keys of a topic this member works on at once; records of one key never overlap. */
  readonly concurrency: number;
  /** Milliseconds before a record whose `deliver` rejected comes again. */
  readonly redeliverAfter: number;
  /**
   * Handles one record; its offset counts as done when this resolves. May be called any number of times for a record: after a
   * rejection, a crash, a rebalance. May take minutes: the member keeps its partitions meanwhile. `signal` aborts at close().
   */
  readonly deliver: (record: StoredRecord, signal: AbortSignal) => Promise<void>;
};

/** Where to read a topic again: from each position given, in the other partitions from where the group was; without positions from the earliest. */
export type RewindTarget = { readonly topic: string; readonly from?: readonly Position[] };

export interface Subscription {
  /** No further delivery begins until resume(); what is under way ends. */
  pause(): void;
  resume(): void;
  /** Ends the deliveries under way and leaves the group while `during` runs. */
  rest(during: () => Promise<void>): Promise<void>;
  /**
   * Ends the deliveries under way, waits until every other member of the group rests, runs `between` while no delivery can begin in any
   * process, and starts again at `targets`. A member that stays away from its rest holds it up; one that died does not.
   */
  rewind(targets: readonly RewindTarget[], between?: () => Promise<void>): Promise<void>;
  /** Ends the deliveries under way, commits what is done, leaves the group. */
  close(): Promise<void>;
}

/**
 * A log of records by topic, with consumer groups.
 *
 * Order: open with the topics of the registry, then any method at any time, close() last. A topic that was not given at the open
 * and is no dead-letter topic of a subscribed group does not exist: `unexpected`.
 * publish() resolves when all records are durable; the same record published twice is there twice. After a rejection each record may
 * be there or not, and the caller publishes again.
 * Delivery is at least once, in order per key, from the earliest record for a new group. The committed offset is contiguous: a
 * record counts as done only with all before it in its partition, so a crash repeats work and never loses it. When members come and go,
 * the partitions of a group are dealt anew: a delivery under way for one that went elsewhere is aborted and repeated there.
 * An idle subscription sleeps: no polling that a person could measure.
 * A broker that can't be reached throws `port-unavailable` and may be retried. Throws Problem only.
 */
export interface Bus {
  /** Positions are in the order of `records`. */
  publish(records: readonly BusRecord[], signal?: AbortSignal): Promise<readonly Position[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** One stored record; undefined where it is no longer, or never was. */
  read(topic: string, position: Position, signal?: AbortSignal): Promise<StoredRecord | undefined>;
  /** How many records of `topic` the group has not committed. */
  lag(group: string, topic: string, signal?: AbortSignal): Promise<number>;
  check(signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
