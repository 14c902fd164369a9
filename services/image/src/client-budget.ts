import { Problem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';

/** Clients that are remembered; one that is forgotten begins with a full budget again. */
const CLIENTS = 50_000;
const MINUTE = 60_000;
const IPV6_NETWORK = 4;

type Account = { readonly left: number; readonly at: number };

/** How many pixels the answers to one client may cost a minute; what is stored or in memory costs nothing. */
export type ClientBudget = {
  /**
   * @param address of the client
   * @param pixels decoded and made for it
   * @throws Problem `client-budget-spent`
   */
  spend(address: string, pixels: number): void;
};

/** @param perMinute pixels; 0 is no limit */
export function clientBudget(perMinute: number, now: () => number): ClientBudget {
  if (perMinute === 0) return { spend: () => {} };
  const accounts = new LRUCache<string, Account>({ max: CLIENTS });
  return {
    spend: (address, pixels) => {
      const client = networkOf(address);
      const time = now();
      const { left, at } = accounts.get(client) ?? { left: perMinute, at: time };
      const present = Math.min(perMinute, left + ((time - at) / MINUTE) * perMinute);
      // What costs more than a minute's worth is given to whoever has spent nothing, and paid for afterwards.
      const wanted = Math.min(pixels, perMinute);
      if (present < wanted) throw new Problem('client-budget-spent', { retryAfter: ((wanted - present) / perMinute) * MINUTE });
      accounts.set(client, { left: present - pixels, at: time });
    },
  };
}

/** A host has as many IPv6 addresses as it likes, but one network (RFC 6177): that is the client. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const zeros = tail === undefined ? 0 : 8 - before.length - tail.split(':').filter(Boolean).length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...(tail?.split(':').filter(Boolean) ?? [])];
  return groups.slice(0, IPV6_NETWORK).join(':');
}
