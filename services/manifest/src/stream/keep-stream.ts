import type { Lease, Leases } from '@vitrine/platform/leases.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import type { AppendToStream } from './append-to-stream.ts';

/** Milliseconds between two looks for what other replicas have published. */
const TICK = 2000;
/** Milliseconds after which the lease is extended; well before it ends. */
const RENEW = 5000;

type Deps = {
  now: () => Date;
  append: AppendToStream;
  leases: Leases;
  /** Resolves when this process has published something, or after so many milliseconds. */
  woken: (milliseconds: number, signal: AbortSignal) => Promise<void>;
};

/** Writes our own stream: one replica at a time, whatever all of them publish. */
export async function keepStream({ leases, woken, now, append }: Deps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const lease = await leases.acquire('stream');
    if (lease) await keep(lease);
    await lease?.release();
    await sleep(TICK, signal);
  }

  async function keep(lease: Lease): Promise<void> {
    let renewed = now().getTime();
    while (lease.held() && !signal.aborted) {
      if (now().getTime() - renewed > RENEW) {
        if (!(await lease.renew())) return;
        renewed = now().getTime();
      }
      const appended = await append();
      if (appended === undefined) return;
      if (appended === 0) await woken(TICK, signal);
    }
  }
}
