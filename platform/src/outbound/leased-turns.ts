import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { Documents } from '../documents/port.ts';
import { type Lease, openLeases } from '../leases.ts';
import type { HostTurns } from './host-turns.ts';

/** A turn is leased for so long, renewed while it is used, and given back when nobody wanted it for a while. */
const LEASE = 30_000;
const RENEW = LEASE / 3;
const UNUSED = 2_000;
const ASK_AGAIN = 200;

type LeasedTurnsOptions = { service: ServiceName; documents: Documents; instance: string; now: () => number; atOnce: number };

type Turn = { readonly slot: string; readonly lease: Lease; renewed: number; freeSince: number };
type HostState = { busy: number; readonly free: Turn[]; readonly waiting: (() => void)[] };

/**
 * Turns that all replicas of a service share: as many leases a host as requests may go there at once. One that a replica has is kept while
 * it is used, so that most requests cost no write.
 */
export async function leasedTurns({ service, documents, instance, now, atOnce }: LeasedTurnsOptions): Promise<HostTurns> {
  const leases = await openLeases(service, documents, instance, now, LEASE);
  const hosts = new Map<string, HostState>();
  /** Slots that this replica has: a lease is given to its holder again, so it must not ask twice. */
  const held = new Set<string>();

  async function stillHeld(turn: Turn): Promise<boolean> {
    if (now() - turn.renewed < RENEW) return true;
    const kept = turn.lease.held() && (await turn.lease.renew());
    if (kept) turn.renewed = now();
    return kept;
  }

  async function acquire(host: string): Promise<Turn | undefined> {
    for (let place = 0; place < atOnce; place++) {
      const slot = `host ${host} ${place}`;
      if (held.has(slot)) continue;
      held.add(slot);
      const lease = await leases.acquire(slot).catch((thrown: unknown) => {
        held.delete(slot);
        throw thrown;
      });
      if (lease) return { slot, lease, renewed: now(), freeSince: now() };
      held.delete(slot);
    }
    return undefined;
  }

  async function take(host: string, state: HostState): Promise<Turn> {
    for (;;) {
      const turn = state.free.pop();
      if (turn) {
        // A store that doesn't answer has not said that it is ours.
        if (await stillHeld(turn).catch(() => false)) return turn;
        held.delete(turn.slot);
        continue;
      }
      const acquired = await acquire(host);
      if (acquired) return acquired;
      await nextChance(state);
    }
  }

  /** Until a turn of ours is free, or another replica may have given one back. */
  function nextChance(state: HostState): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        state.waiting.splice(state.waiting.indexOf(wake), 1);
        resolve();
      }, ASK_AGAIN);
      function wake() {
        clearTimeout(timer);
        resolve();
      }
      state.waiting.push(wake);
    });
  }

  async function giveBackUnused(host: string, state: HostState): Promise<void> {
    const unused = state.free.filter(({ freeSince }) => now() - freeSince >= UNUSED);
    for (const turn of unused) {
      state.free.splice(state.free.indexOf(turn), 1);
      await turn.lease.release().catch(() => {});
      held.delete(turn.slot);
    }
    if (state.busy === 0 && state.free.length === 0 && state.waiting.length === 0) hosts.delete(host);
  }

  return {
    enter: async (host) => {
      const state = hosts.get(host) ?? { busy: 0, free: [], waiting: [] };
      hosts.set(host, state);
      state.busy++;
      const turn = await take(host, state).catch((thrown: unknown) => {
        state.busy--;
        throw thrown;
      });
      // A master may take minutes: its turn stays ours.
      const renewal = setInterval(() => void stillHeld(turn).catch(() => {}), RENEW);
      return () => {
        clearInterval(renewal);
        state.busy--;
        turn.freeSince = now();
        state.free.push(turn);
        state.waiting.shift()?.();
        setTimeout(() => void giveBackUnused(host, state), UNUSED).unref();
      };
    },
  };
}
