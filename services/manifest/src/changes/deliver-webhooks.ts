import type { AccessTable } from '@vitrine/access/access-table.ts';
import { backoff } from '@vitrine/platform/backoff.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Leases } from '@vitrine/platform/leases.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { changeActivity } from '../domain/change-stream.ts';
import { signedHeaders } from '../domain/webhook-message.ts';
import type { Stores, WebhookDocument } from '../stores.ts';
import { type ChangePosition, positionName } from './change-position.ts';
import type { Change, ReadChanges } from './read-changes.ts';

/** Milliseconds between two looks. */
const TICK = 1000;
/** Milliseconds after which the lease is extended; well before it ends. */
const RENEW = 5000;
/** Milliseconds before a message that was not taken is sent again, the first time and at most. */
const FIRST_AGAIN = 5000;
const LAST_AGAIN = 3_600_000;
/** Milliseconds that a receiver may take. */
const LONGEST = 15_000;

type Deps = {
  stores: Pick<Stores, 'webhooks'>;
  access: AccessTable;
  changes: ReadChanges;
  outbound: Pick<OutboundHttp, 'post'>;
  leases: Leases;
  outcome: RecordOutcome;
  now: () => Date;
};

/**
 * Tells those who want it of changes, by POST: one replica at a time, each receiver in order and apart from the others. A message that is not taken is sent again, later and later, and nothing after it before it is taken; one that was taken when a replica
 * died may come twice, under the same `webhook-id`.
 */
export async function deliverWebhooks(deps: Deps, signal: AbortSignal): Promise<void> {
  const { stores, leases, changes, now } = deps;
  while (!signal.aborted) {
    const lease = await leases.acquire('webhooks');
    if (lease) {
      const ending = new AbortController();
      const given = AbortSignal.any([signal, ending.signal]);
      const underWay = new Map<string, Promise<void>>();
      try {
        let renewed = now().getTime();
        while (lease.held() && !signal.aborted) {
          if (now().getTime() - renewed > RENEW) {
            if (!(await lease.renew())) break;
            renewed = now().getTime();
          }
          for await (const { id, value } of stores.webhooks.all()) {
            if (value.state !== 'active' || value.due > now().getTime() || underWay.has(id)) continue;
            const delivery = deliver(id, deps, () => lease.held() && !given.aborted, given).finally(() => underWay.delete(id));
            // What fails here is our engines: it is looked at again.
            underWay.set(
              id,
              delivery.catch(() => undefined),
            );
          }
          await changes.news(TICK, signal);
        }
      } finally {
        ending.abort();
        await Promise.all(underWay.values());
        await lease.release();
      }
    }
    await sleep(TICK, signal);
  }
}

/** All that a receiver has not been told, a message after the other, until one is not taken. */
async function deliver(
  name: string,
  { stores: { webhooks }, access, changes, outbound, outcome, now }: Deps,
  goesOn: () => boolean,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const webhook = await webhooks.get(name);
    if (webhook?.state !== 'active' || !goesOn()) return;
    const next = upTo(await changes.after(webhook.position), webhook.trying);
    const end = next.at(-1)?.position;
    if (!end) return;
    const allowed = await Promise.all(next.map(({ entry }) => access.allows(entry.object)));
    const shown = next.filter((_, place) => allowed[place]);
    const started = now();
    const fault =
      shown.length === 0
        ? undefined
        : await send(
            webhook,
            {
              id: `${name}-${positionName(end)}`,
              changes: shown.map(({ entry, position }) => ({ ...changeActivity(entry), id: positionName(position) })),
            },
            { outbound, now, signal },
          );
    if (!goesOn()) return;
    const noted = await webhooks.update(name, (current) =>
      current && isSame(current.position, webhook.position) ? after(current, end, fault, now().getTime()) : undefined,
    );
    if (!fault && webhook.failing) await outcome(`webhook ${name}`, started, { code: 'delivered' });
    if (fault && !webhook.failing)
      await outcome(`webhook ${name}`, started, failure(new Problem('webhook-failed', { detail: `${name}: ${fault.detail}` })));
    if (fault || noted?.state !== 'active') return;
  }
}

type Fault = { readonly detail: string; readonly gone: boolean };

/** What was wrong; undefined where the message was taken. */
async function send(
  { url, secret }: WebhookDocument,
  { id, changes }: { readonly id: string; readonly changes: readonly unknown[] },
  { outbound, now, signal }: Pick<Deps, 'outbound' | 'now'> & { signal: AbortSignal },
): Promise<Fault | undefined> {
  const time = Math.floor(now().getTime() / 1000);
  const body = Buffer.from(JSON.stringify({ type: 'vitrine.changes', timestamp: new Date(time * 1000).toISOString(), data: { changes } }));
  try {
    const { status } = await outbound.post(url, {
      headers: signedHeaders(secret, { id, time, body }),
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]),
    });
    return status >= 200 && status < 300 ? undefined : { detail: `it answers ${status}`, gone: status === 410 };
  } catch (thrown) {
    const { detail, code } = asProblem(thrown);
    return { detail: code === 'unexpected' ? `it takes longer than ${LONGEST / 1000} seconds` : (detail ?? code), gone: false };
  }
}

/** What a message held when it was first tried: its id names its end. */
function upTo(changes: readonly Change[], end: ChangePosition | undefined): readonly Change[] {
  const place = end ? changes.findIndex(({ position }) => isSame(position, end)) : -1;
  return place < 0 ? changes : changes.slice(0, place + 1);
}

const isSame = (a: ChangePosition, b: ChangePosition): boolean => a.page === b.page && a.taken === b.taken;

function after(current: WebhookDocument, end: ChangePosition, fault: Fault | undefined, time: number): WebhookDocument {
  const { failing, trying: _tried, ...rest } = current;
  if (!fault) return { ...rest, position: end, attempts: 0, due: 0, delivered: time };
  const attempts = current.attempts + 1;
  return {
    ...rest,
    state: fault.gone ? 'stopped' : 'active',
    attempts,
    trying: end,
    due: time + backoff(attempts, FIRST_AGAIN, LAST_AGAIN),
    failing: { since: failing?.since ?? time, detail: fault.detail },
  };
}
