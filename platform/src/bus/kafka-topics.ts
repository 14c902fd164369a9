import type { Topic } from '@vitrine/contracts/topics.ts';
import type { Admin } from 'kafkajs';
import { Problem } from '../problem.ts';

export type WantedTopic = Pick<Topic, 'partitions' | 'cleanup' | 'retention'> & { readonly name: string };

const KNOWN_AFTER = 5000;

/**
 * Creates the topics that are missing, and looks at the others: what somebody else made is not touched.
 *
 * @throws Problem `engine-unfit` for a topic of another shape
 */
export async function ensureTopics(admin: Admin, wanted: readonly WantedTopic[], replicationFactor: number): Promise<void> {
  if (wanted.length === 0) return;
  const there = new Set(await admin.listTopics());
  await demandShape(
    admin,
    wanted.filter(({ name }) => there.has(name)),
  );
  const missing = wanted.filter(({ name }) => !there.has(name));
  if (missing.length > 0) {
    await admin
      .createTopics({
        // The look afterwards waits: kafkajs's own wait gives up on a broker that has not heard of the topic yet.
        waitForLeaders: false,
        topics: missing.map(({ name, partitions, cleanup, retention }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: [
            { name: 'cleanup.policy', value: cleanup },
            ...(retention === undefined ? [] : [{ name: 'retention.ms', value: String(retention) }]),
          ],
        })),
      })
      // Two services that start at once both find it missing; the look afterwards tells whether it is there now.
      .catch((cause: unknown) => {
        if (!/already exists/i.test(String(cause))) throw cause;
      });
  }
  await demandShape(admin, missing);
}

async function demandShape(admin: Admin, wanted: readonly WantedTopic[]): Promise<void> {
  if (wanted.length === 0) return;
  const { topics } = await onceKnown(() => admin.fetchTopicMetadata({ topics: wanted.map(({ name }) => name) }));
  const partitions = new Map(topics.map((topic) => [topic.name, topic.partitions.length]));
  const cleanups = await onceKnown(() =>
    cleanupPolicies(
      admin,
      wanted.map(({ name }) => name),
    ),
  );
  for (const topic of wanted) {
    const count = partitions.get(topic.name) ?? 0;
    if (count !== topic.partitions)
      throw unfit(topic.name, `has ${count} partitions instead of ${topic.partitions}, which would break the order of its keys`);
    const cleanup = cleanups.get(topic.name);
    if (cleanup !== topic.cleanup)
      throw unfit(topic.name, `has cleanup.policy=${cleanup} instead of ${topic.cleanup}: is it somebody else's?`);
  }
}

/** A broker hears of a topic that was just made a moment later than whoever made it. */
async function onceKnown<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + KNOWN_AFTER; ; ) {
    try {
      return await ask();
    } catch (thrown) {
      if (!/does not host this topic|no leader for this topic/.test(String(thrown)) || Date.now() > end) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function unfit(topic: string, detail: string): Problem {
  return new Problem('engine-unfit', { detail: `Kafka's topic ${topic} ${detail}` });
}

async function cleanupPolicies(admin: Admin, names: readonly string[]): Promise<Map<string, string>> {
  const {
    default: { ConfigResourceTypes },
  } = await import('kafkajs');
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configNames: ['cleanup.policy'] })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue ?? '',
    ]),
  );
}
