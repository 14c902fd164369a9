/** One service of the product, as it is named in collections, groups and topics. */
export type ServiceName = 'harvester' | 'converter' | 'manifest' | 'search' | 'image' | 'auth' | 'console';

const DAY = 24 * 60 * 60 * 1000;
const WORK_RETENTION = 7 * DAY;

export type Topic = {
  /** Who publishes here; `null` where every service does. */
  readonly owner: ServiceName | null;
  readonly partitions: number;
  /** Compacted topics keep the newest event of a key, which carries the entity's full state; the others keep time. */
  readonly cleanup: 'compact' | 'delete';
  /** Milliseconds; only for `delete`. */
  readonly retention?: number;
  readonly consumers: readonly ServiceName[];
};

const entity = (owner: ServiceName, consumers: readonly ServiceName[]): Topic => ({ owner, partitions: 12, cleanup: 'compact', consumers });
const work = (owner: ServiceName | null, consumers: readonly ServiceName[]): Topic => ({
  owner,
  partitions: 12,
  cleanup: 'delete',
  retention: WORK_RETENTION,
  consumers,
});

/** The registry of topics (R5): one per entity, its major in its name; topics are created from here, not by accident. */
export const topics = {
  'vitrine.object.v1': entity('harvester', ['converter', 'manifest', 'search', 'console']),
  'vitrine.image.v1': entity('converter', ['manifest', 'search', 'image']),
  'vitrine.manifest.v1': entity('manifest', ['converter', 'console']),
  'vitrine.text.v1': entity('search', ['manifest']),
  'vitrine.access.v1': entity('auth', ['manifest', 'search', 'image', 'console']),
  'vitrine.conversion.v1': work('converter', ['converter']),
  'vitrine.conversion-bulk.v1': work('converter', ['converter']),
  'vitrine.outcome.v1': work(null, ['console']),
  'vitrine.replay.v1': work('console', ['harvester', 'converter', 'manifest', 'search', 'image', 'console']),
} as const satisfies Record<`vitrine.${string}.v${number}`, Topic>;

export type TopicName = keyof typeof topics;

/** The topic that keeps what `group` could not handle from `topic`. */
export function deadLetterTopic(topic: string, group: string): string {
  return `${topic}.${group}.dlq`;
}
