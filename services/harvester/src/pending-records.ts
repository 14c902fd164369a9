import { backoff } from '@vitrine/platform/backoff.ts';
import type { Problem } from '@vitrine/platform/problem.ts';
import type { Activity } from './domain/activity.ts';
import { recordKey, type Stores } from './stores.ts';

const LONGEST = 60 * 60 * 1000;

/** Records whose source failed: stored with a due time, so that the walk and its watermark go on without losing them (R7). */
export function pendingRecords({ pending }: Pick<Stores, 'pending'>, now: () => Date, base: number) {
  return {
    async postpone(activity: Activity, source: string, fault: Problem): Promise<void> {
      await pending.update(recordKey(source, activity.object), (current) => {
        const attempts = (current?.attempts ?? 0) + 1;
        const due = now().getTime() + (fault.retryAfter ?? backoff(attempts, base, LONGEST));
        const { object: address, type, time } = activity;
        return { source, address, type, ...(time === undefined ? {} : { time }), attempts, due };
      });
    },

    /** Carries out what is due of a source; what fails again is stored anew, later. */
    async retryDue(source: string, retry: (activity: Activity) => Promise<void>): Promise<void> {
      const { items } = await pending.list({ prefix: `${source}:`, where: { field: 'due', atMost: now().getTime() }, limit: 50 });
      for (const { id, value } of items) {
        await retry({ kind: 'include', type: value.type, object: value.address, time: value.time });
        const after = await pending.get(id);
        if (after && after.attempts === value.attempts) await pending.remove(id);
      }
    },
  };
}
