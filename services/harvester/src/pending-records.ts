import { backoff } from '@vitrine/platform/backoff.ts';
import type { Problem } from '@vitrine/platform/problem.ts';
import type { Due } from './carry-out-work.ts';
import type { Wanted } from './include-record.ts';
import { type RecordDocument, recordKey, type Stores } from './stores.ts';
import type { Walk } from './walk.ts';

const HOUR = 60 * 60 * 1000;
const LONGEST = HOUR;
/** Milliseconds after which a record that was never to be had is given up. A new activity about it begins anew. */
const GIVE_UP = 14 * 24 * HOUR;
/** How often a record is asked for again that its host gave, but not as one. */
const MOST_UNMEANT = 8;
const AT_ONCE = 50;
const LOOKED_AT = 2000;

/** Records whose source failed: stored with a due time, so that the walk and its watermark go on without losing them (R7). */
export type PendingRecords = {
  /** @returns why it is given up, if it is */
  postpone(wanted: Wanted, walk: Pick<Walk, 'source' | 'settings'>, fault: Problem): Promise<string | undefined>;
  forget(key: string): Promise<void>;
  /** A record is to be read again soon, whatever its source says of it. */
  again(key: string, record: Pick<RecordDocument, 'address' | 'record' | 'type' | 'time'>, source: string): Promise<void>;
  /** Carries out what is due of a source; what fails again is stored anew, later. */
  retryDue(source: string, retry: (due: Due) => Promise<unknown>, signal: AbortSignal): Promise<void>;
  /** When the next one of a source is due. */
  nextDue(source: string): Promise<number | undefined>;
};

export function pendingRecords({ pending }: Pick<Stores, 'pending'>, now: () => Date, base: number): PendingRecords {
  return {
    postpone: async ({ object: address, record, type, time, copy }, { source, settings }, fault) => {
      const key = recordKey(source, address);
      const at = now().getTime();
      const before = await pending.get(key);
      const since = before?.since ?? at;
      // What the host insists on is so: its failure is told already.
      if (fault.fault !== 'source' && (before?.attempts ?? 0) >= MOST_UNMEANT) {
        await pending.remove(key);
        return undefined;
      }
      if (at - since > Math.max(GIVE_UP, settings.missingFor)) {
        await pending.remove(key);
        return `${fault.detail ?? fault.message}; asked in vain since ${new Date(since).toISOString()}`;
      }
      await pending.update(key, (current) => {
        const attempts = (current?.attempts ?? 0) + 1;
        const due = at + (fault.retryAfter ?? backoff(attempts, base, LONGEST));
        return {
          source,
          address,
          ...(record === undefined ? {} : { record }),
          type,
          ...(time === undefined ? {} : { time }),
          attempts,
          since: current?.since ?? at,
          due,
          ...(copy ? { copy } : {}),
        };
      });
      return undefined;
    },
    forget: async (key) => {
      if (await pending.get(key)) await pending.remove(key);
    },
    again: async (key, { address, record, type, time }, source) => {
      const at = now().getTime();
      // Beside the record's own retry, which whoever reads it now takes away. Asked for again while it is read, it is read once more.
      await pending.update(`${key}:again`, (current) => ({
        source,
        address,
        ...(record === undefined ? {} : { record }),
        type,
        ...(time === undefined ? {} : { time }),
        attempts: (current?.attempts ?? 0) + 1,
        since: at,
        due: at,
      }));
    },
    retryDue: async (source, retry, signal) => {
      const { items } = await pending.list({ prefix: `${source}:`, where: { field: 'due', atMost: now().getTime() }, limit: AT_ONCE });
      for (const { id, value } of items) {
        if (signal.aborted) return;
        const { type, time, address: object, record, copy } = value;
        await retry({
          activity: { kind: 'include', type, time, object, ...(record === undefined ? {} : { record }), ...(copy ? { copy } : {}) },
          watermark: undefined,
        });
        const after = await pending.get(id);
        if (after && after.attempts === value.attempts) await pending.remove(id);
      }
    },
    nextDue: async (source) => {
      let next: number | undefined;
      let looked = 0;
      for await (const { value } of pending.all({ prefix: `${source}:` })) {
        next = Math.min(next ?? value.due, value.due);
        // Of very many some are due soon.
        if (++looked === LOOKED_AT) break;
      }
      return next;
    },
  };
}
