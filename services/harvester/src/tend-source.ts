import { randomUUID } from 'node:crypto';
import { backoff } from '@vitrine/platform/backoff.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Lease, Leases } from '@vitrine/platform/leases.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { HarvestRecord } from './harvest-record.ts';
import type { SourceContext } from './harvest-source.ts';
import type { pendingRecords } from './pending-records.ts';
import type { Stores } from './stores.ts';

const LONGEST_PAUSE = 15 * 60 * 1000;
/** After so many failures an interrupted walk is given up and begun anew: its next page may be gone for good. The watermark has not moved. */
const TRIES_OF_A_WALK = 5;

type Deps = Pick<ServiceDeps, 'log' | 'now'> & {
  stores: Stores;
  leases: Leases;
  /** Milliseconds that a lease lasts; it is renewed at a third of it. */
  leaseFor: number;
  interval: number;
  look: (context: SourceContext) => Promise<boolean>;
  pending: ReturnType<typeof pendingRecords>;
  harvest: HarvestRecord;
  outcome: RecordOutcome;
};

/** Looks at a source again and again, as its only tender among all replicas, until the signal aborts. */
export async function tendSource(source: string, deps: Deps, signal: AbortSignal): Promise<void> {
  const { log, now, stores, leases, leaseFor, interval, outcome } = deps;
  let lease: Lease | undefined;
  let renewed = 0;

  async function keepLease(): Promise<Lease | undefined> {
    if (lease && now().getTime() - renewed > leaseFor / 3 && !(lease.held() && (await lease.renew()))) lease = undefined;
    else if (lease?.held()) return lease;
    lease ??= await leases.acquire(source);
    renewed = now().getTime();
    return lease;
  }

  /** Renews the lease while a long walk goes on. */
  async function withLease(work: (held: Lease) => Promise<void>): Promise<void> {
    const held = await keepLease();
    if (!held) return;
    const renewal = setInterval(() => {
      held.renew().then(
        (kept) => {
          if (kept) renewed = now().getTime();
          else lease = undefined;
        },
        () => {},
      );
    }, leaseFor / 3);
    try {
      await work(held);
    } finally {
      clearInterval(renewal);
    }
  }

  async function lookOnce(held: Lease): Promise<void> {
    const context: SourceContext = { source, lease: held, signal };
    const started = now();
    const walked = await deps.look(context);
    await deps.pending.retryDue(source, (activity) => deps.harvest(activity, { ...context, run: `retry ${randomUUID()}` }));
    const document = await stores.sources.get(source);
    if (!walked && !document?.fault) return;
    if (document?.fault) await stores.sources.update(source, (current) => current && (({ fault: _, ...rest }) => rest)(current));
    log.info({ source, ms: now().getTime() - started.getTime() }, 'a walk has ended');
    await outcome(source, started, { code: 'walked' });
  }

  async function noteFault(thrown: unknown): Promise<number> {
    const problem = asProblem(thrown);
    if (problem.fault !== 'source' && problem.fault !== 'permanent') throw thrown;
    const detail = problem.detail ?? problem.message;
    const noted = await stores.sources.update(source, (current) => {
      if (!current) return undefined;
      const attempts = (current.fault?.attempts ?? 0) + 1;
      const { run, ...rest } = current;
      return { ...rest, ...(run && attempts % TRIES_OF_A_WALK !== 0 ? { run } : {}), fault: { code: problem.code, detail, attempts } };
    });
    const attempts = noted?.fault?.attempts ?? 1;
    if (attempts === 1) await outcome(source, now(), failure(problem));
    return problem.retryAfter ?? backoff(attempts, interval, Math.max(interval, LONGEST_PAUSE));
  }

  while (!signal.aborted) {
    let pause = interval;
    try {
      await withLease(lookOnce);
    } catch (thrown) {
      if (signal.aborted) break;
      pause = await noteFault(thrown);
    }
    await sleep(pause, signal);
  }
  await lease?.release();
}
