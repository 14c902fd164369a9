import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import { holds, type SourceDocument, type Stores } from './stores.ts';
import type { TakeAway } from './take-away.ts';
import { demandLease, type Walk } from './walk.ts';

/** So few are carried out whatever share they are. */
const FEW = 10;

type Fact = { readonly type: string; readonly time: number | undefined };

/**
 * What a run is to withdraw is stored first, and carried out when the run has ended, unless it is more than a set share of the source's objects: a publisher's
 * mistake must not empty a museum. Then a person decides.
 */
export type Withdrawals = {
  /** @param key of the record whose object is to go */
  add(key: string, fact: Fact, walk: Walk, reason: string): Promise<void>;
  /** Carries out, holds back, or by decision discards what is stored for a source. */
  settle(walk: Walk, decision: SourceDocument['decision']): Promise<Settled>;
};

type Settled = { readonly withdrawn: number; readonly held: number; readonly objects: number };

type Deps = Pick<ServiceDeps, 'now'> & { stores: Stores; takeAway: TakeAway; outcome: RecordOutcome };

export function withdrawalsOf({ stores, takeAway, outcome, now }: Deps): Withdrawals {
  const { withdrawals, records } = stores;

  /** What is still to be withdrawn: a record that was met again since is not. */
  async function* outstanding(source: string) {
    for await (const { id, value } of withdrawals.all({ prefix: `${source}:` })) {
      const record = await records.get(id);
      if (!record || !holds(record) || (record.state === 'present' && record.run !== value.run)) await withdrawals.remove(id);
      else yield { id, value, record };
    }
  }

  /** How many objects a source has, as far as it matters: counted up to `enough`. */
  async function objectsOf(source: string, enough: number): Promise<number> {
    let count = 0;
    for await (const { value } of records.all({ prefix: `${source}:` })) if (holds(value) && ++count >= enough) break;
    return count;
  }

  return {
    add: async (key, { type, time }, walk, reason) => {
      demandLease(walk);
      await withdrawals.update(key, () => ({ source: walk.source, run: walk.run, type, ...(time === undefined ? {} : { time }), reason }));
    },

    settle: async (walk, decision) => {
      const { source, settings } = walk;
      if (decision === 'discard') {
        for await (const { id } of withdrawals.all({ prefix: `${source}:` })) await withdrawals.remove(id);
        return { withdrawn: 0, held: 0, objects: 0 };
      }
      let count = 0;
      for await (const _ of outstanding(source)) count++;
      if (count > FEW && decision !== 'carry-out') {
        const enough = Math.ceil(count / settings.withdrawShare);
        const objects = await objectsOf(source, enough);
        if (objects < enough) return { withdrawn: 0, held: count, objects };
      }
      let withdrawn = 0;
      for await (const { id, value, record } of outstanding(source)) {
        if (walk.signal.aborted) break;
        const { type, time, reason } = value;
        const started = now();
        const cause = { traceparent: newTraceparent(), ...(time === undefined ? {} : { time: new Date(time).toISOString() }) };
        await takeAway(id, record, { type, time }, walk, cause, reason);
        await outcome(record.address, started, { code: 'withdrawn', detail: reason }, cause);
        // Its record is no object's any more only in name: what comes back has its identifier again.
        await withdrawals.remove(id);
        withdrawn++;
      }
      return { withdrawn, held: 0, objects: 0 };
    },
  };
}
