import type { ServiceName } from '@vitrine/contracts/topics.ts';
import Type, { type Static } from 'typebox';
import { backoff } from '../backoff.ts';
import type { StoredRecord } from '../bus/port.ts';
import { openCollection } from '../documents/collection.ts';
import type { Documents } from '../documents/port.ts';
import type { Problem } from '../problem.ts';

const HOUR = 60 * 60 * 1000;
/** A retry that is under way is not taken by another instance for this long. */
const CLAIM = 10 * 60 * 1000;
/** What other replicas left is looked for this often. */
const OTHERS = 10_000;
const DUE_AT_ONCE = 100;

const StoredRetry = Type.Object({
  group: Type.String(),
  topic: Type.String(),
  key: Type.String(),
  partition: Type.Integer(),
  offset: Type.Integer(),
  headers: Type.Record(Type.String(), Type.String()),
  value: Type.String(),
  attempts: Type.Integer(),
  due: Type.Number({ description: 'Milliseconds since 1970' }),
});
type StoredRetry = Static<typeof StoredRetry>;

/**
 * Work that waits for somebody's host (R7, *source*): kept with a due time while the group's offset goes on. One a group, topic and
 * key: a newer event of the key replaces what waits, and an older one that is left ends as a no-op by its revision.
 */
export async function openStoredRetries(service: ServiceName, documents: Documents, now: () => number, base: number) {
  const retries = await openCollection(documents, { name: `${service}.retries`, indexes: ['due'], schema: StoredRetry });
  /** When this replica's own next is due: the store is asked then, and now and then for what others left. */
  let nextDue = 0;
  let asked = 0;
  const idOf = (group: string, { topic, key }: Pick<StoredRecord, 'topic' | 'key'>) => `${group}:${topic}:${key}`;

  return {
    /** Stores the record for later; answers when. */
    async store(group: string, record: StoredRecord, problem: Problem): Promise<Date> {
      const { topic, key, partition, offset, headers, value } = record;
      const stored = await retries.update(idOf(group, record), (current) => {
        const attempts = current?.offset === offset ? current.attempts + 1 : 1;
        const due = now() + (problem.retryAfter ?? backoff(attempts, base, HOUR));
        return { group, topic, key, partition, offset, headers: { ...headers }, value, attempts, due };
      });
      nextDue = Math.min(nextDue, stored?.due ?? now());
      return new Date(stored?.due ?? now());
    },

    /** Takes the work that is due, so that no other instance takes it too. */
    async *due(): AsyncGenerator<{ group: string; record: StoredRecord }> {
      if (now() < Math.min(nextDue, asked + OTHERS)) return;
      asked = now();
      nextDue = Number.POSITIVE_INFINITY;
      const { items } = await retries.list({ where: { field: 'due', atMost: now() }, limit: DUE_AT_ONCE });
      if (items.length === DUE_AT_ONCE) nextDue = now();
      for (const { id, version, value } of items) {
        const claimed: StoredRetry = { ...value, due: now() + CLAIM };
        if (await retries.put(id, claimed, version)) yield { group: value.group, record: value };
      }
    },

    /** Forgets what was stored for this record, once it ended otherwise. */
    async settle(group: string, record: StoredRecord): Promise<void> {
      const current = await retries.get(idOf(group, record));
      if (current && current.offset <= record.offset) await retries.remove(idOf(group, record));
    },
  };
}

export type StoredRetries = Awaited<ReturnType<typeof openStoredRetries>>;
