import { randomUUID } from 'node:crypto';
import { backoff } from '@vitrine/platform/backoff.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Lease, Leases } from '@vitrine/platform/leases.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { AdaptiveLimit } from './adaptive-limit.ts';
import { attachersOf } from './attach/attachers-of.ts';
import type { SourceSettings } from './domain/source-settings.ts';
import type { HarvestRecord } from './harvest-record.ts';
import type { HarvestSource, SourceContext } from './harvest-source.ts';
import type { PendingRecords } from './pending-records.ts';
import type { SourceDocument, Stores } from './stores.ts';
import type { Walk } from './walk.ts';
import type { Withdrawals } from './withdrawals.ts';

const LONGEST_PAUSE = 15 * 60 * 1000;
/** After so many failures an interrupted walk is given up and begun anew: its next page may be gone for good. The watermark has not moved. */
const TRIES_OF_A_WALK = 5;

type Deps = Pick<ServiceDeps, 'log' | 'now'> & {
  stores: Stores;
  leases: Leases;
  /** Milliseconds that a lease lasts; it is renewed at a third of it. */
  leaseFor: number;
  settingsOf: (document: SourceDocument) => SourceSettings;
  look: HarvestSource;
  harvest: HarvestRecord;
  withdrawals: Withdrawals;
  pending: PendingRecords;
  outcome: RecordOutcome;
  replay: (context: SourceContext, run: string) => Promise<void>;
  remap: (walk: Walk) => Promise<void>;
  reattach: (walk: Walk, mark: string) => Promise<void>;
  remove: (walk: Walk, how: NonNullable<SourceDocument['removing']>) => Promise<void>;
};

/** One look at a source that is due, as its only tender among all replicas; and when it is due again. */
export async function tendSource(source: string, deps: Deps, signal: AbortSignal): Promise<void> {
  const { log, now, stores, leases, leaseFor, outcome } = deps;
  const clock = () => now().getTime();

  async function withLease(work: (held: Lease) => Promise<void>): Promise<void> {
    const lease = await leases.acquire(source);
    if (!lease) return;
    const renewal = setInterval(() => void lease.renew().catch(() => {}), leaseFor / 3);
    try {
      await work(lease);
    } finally {
      clearInterval(renewal);
      await lease.release().catch(() => {});
    }
  }

  /** Withdraws what the source has no longer, or asks a person, once. */
  async function settle(walk: Walk, document: SourceDocument): Promise<void> {
    const { withdrawn, held, objects } = await deps.withdrawals.settle(walk, document.decision);
    if (withdrawn > 0) log.info({ source, withdrawn }, 'objects were withdrawn');
    const entity = `${source}#withdrawals`;
    if (held > 0 && held !== document.held?.withdrawals) {
      const detail = `${held} of ${objects} objects of ${source}; POST /api/v1/sources/${source}/withdrawals with carry-out or discard`;
      await outcome(entity, now(), failure(new Problem('withdrawals-held', { detail })));
    } else if (held === 0 && document.held)
      await outcome(entity, now(), { code: document.decision === 'discard' ? 'discarded' : 'withdrawn' });
    if (held === document.held?.withdrawals && document.decision === undefined) return;
    await stores.sources.update(source, (current) => {
      if (!current) return undefined;
      const { held: _, decision, ...rest } = current;
      // A decision that came meanwhile is for the next look.
      const kept = decision === document.decision || decision === undefined ? {} : { decision };
      return { ...rest, ...kept, ...(held > 0 ? { held: { withdrawals: held, objects } } : {}) };
    });
  }

  async function lookOnce(lease: Lease): Promise<void> {
    const document = await stores.sources.get(source);
    // Another may have looked between the list and the lease.
    if (!document || document.due > clock()) return;
    const settings = deps.settingsOf(document);
    const { attachers, mark } = await attachersOf(stores, source);
    const context: SourceContext = { source, lease, limit: new AdaptiveLimit(settings.atOnce), signal, settings, attachers };
    const started = now();
    const retries: Walk = { ...context, run: `retry ${randomUUID()}`, listed: undefined };
    if (document.removing !== undefined) {
      await deps.remove(retries, document.removing);
      log.info({ source, objects: document.removing }, 'a source was removed');
      return;
    }
    for (const run of document.replays ?? []) await deps.replay(context, run);
    let pause = settings.every;
    try {
      const walked = document.lookAt <= clock() ? await deps.look(context) : undefined;
      if (walked && !signal.aborted) {
        log.info({ source, ms: clock() - started.getTime(), ...walked.summary() }, 'a run has ended');
        await outcome(source, started, { code: 'walked' });
      } else if (document.fault) {
        await stores.sources.update(source, (current) => current && (({ fault: _, ...rest }) => rest)(current));
        await outcome(source, started, { code: 'unchanged' });
      }
    } catch (thrown) {
      if (signal.aborted) return;
      pause = await noteFault(thrown, settings);
    }
    await deps.pending.retryDue(source, (due) => deps.harvest(due, retries), signal);
    await deps.remap(retries);
    await settle(retries, document);
    await deps.reattach(retries, mark);
    if (signal.aborted) return;
    const retryAt = await deps.pending.nextDue(source);

    await stores.sources.update(source, (current) => {
      if (!current) return undefined;
      const { retryAt: _, ...rest } = current;
      // Who wanted a look since this one began gets one.
      const looked = document.lookAt <= started.getTime();
      const lookAt = current.wanted !== document.wanted ? 0 : looked ? clock() + pause : current.lookAt;
      const due =
        current.removing !== undefined || current.replays?.length
          ? 0
          : settings.paused
            ? Number.MAX_SAFE_INTEGER
            : Math.min(lookAt, retryAt ?? lookAt);
      return { ...rest, lookAt, ...(retryAt === undefined ? {} : { retryAt }), due };
    });
    // After that write: whoever touches an object from now on sees when the source is due, and makes it due now.
    if ((await stores.touched.list({ prefix: `${source}:`, limit: 1 })).items.length > 0)
      await stores.sources.update(source, (current) => (current && !settings.paused ? { ...current, due: 0 } : undefined));
  }

  async function noteFault(thrown: unknown, { every }: SourceSettings): Promise<number> {
    const problem = asProblem(thrown);
    // Our own engines, and a lease that was lost, are nobody's fault at the source; whatever else it is, it is told, and tried again later.
    if (problem.fault === 'infrastructure' || problem.code === 'conflict') throw thrown;
    const detail = problem.detail ?? problem.message;
    const before = await stores.sources.get(source);
    const pages = before?.run === undefined ? 0 : ((await stores.runs.get(before.run))?.pages ?? 0);
    const noted = await stores.sources.update(source, (current) => {
      if (!current) return undefined;
      // A walk that gets on between two failures is no more than slow.
      const got = current.fault !== undefined && pages > (current.fault.pages ?? 0);
      const attempts = got ? 1 : (current.fault?.attempts ?? 0) + 1;
      const { run, ...rest } = current;
      const kept = run !== undefined && attempts % TRIES_OF_A_WALK !== 0;
      return { ...rest, ...(kept ? { run } : {}), fault: { code: problem.code, detail, attempts, pages: kept ? pages : 0 } };
    });
    const attempts = noted?.fault?.attempts ?? 1;
    if (before?.fault === undefined) await outcome(source, now(), failure(problem));
    return problem.retryAfter ?? backoff(attempts, every, Math.max(every, LONGEST_PAUSE));
  }

  await withLease(lookOnce);
}
