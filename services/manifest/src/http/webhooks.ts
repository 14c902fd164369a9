import { randomBytes } from 'node:crypto';
import { Webhook } from '@vitrine/contracts/requests.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { parsePosition, positionName } from '../changes/change-position.ts';
import type { ReadChanges } from '../changes/read-changes.ts';
import { secretText } from '../domain/webhook-message.ts';
import type { Stores, WebhookDocument } from '../stores.ts';

const NAME = /^[a-z0-9][a-z0-9-]{0,79}$/;
const SECRET_BYTES = 32;
/** Each is a connection and a look at the stream. */
const MOST = 100;

type Deps = { stores: Pick<Stores, 'webhooks'>; changes: ReadChanges };

/** Those who are told of changes. */
export function webhookRoutes({ stores: { webhooks }, changes }: Deps): readonly ServiceRoute[] {
  async function found(name: string): Promise<WebhookDocument> {
    const webhook = await webhooks.get(name);
    if (!webhook) throw new Problem('webhook-not-found', { detail: name.slice(0, 100) });
    return webhook;
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/webhooks',
      handle: async (_request, reply) => {
        reply.header('cache-control', 'private, no-store');
        const { items } = await webhooks.list({ limit: MOST });
        return { webhooks: items.map(({ id, value }) => view(id, value)) };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/webhooks/:webhook',
      handle: async (request, reply) => {
        const name = pathParameter(request, 'webhook');
        const webhook = await found(name);
        reply.header('cache-control', 'private, no-store');
        return { ...view(name, webhook), secret: secretText(webhook.secret) };
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/webhooks/:webhook',
      handle: async (request, reply) => {
        const name = pathParameter(request, 'webhook');
        if (!NAME.test(name))
          throw new Problem('request-invalid', { detail: `${name.slice(0, 100)}: lower-case letters, digits and hyphens` });
        const { url, after } = parseBody(Webhook, request.body);
        const parsed = URL.parse(url);
        if (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
          throw new Problem('request-invalid', { detail: 'url must be an http or https address without a password' });
        const wanted = after === undefined ? undefined : parsePosition(after);
        if (after !== undefined && !wanted)
          throw new Problem('request-invalid', { detail: `after: ${after.slice(0, 50)} is no id of a change` });
        if (wanted && (await changes.isAhead(wanted)))
          throw new Problem('request-invalid', { detail: `after: ${positionName(wanted)} has not happened here` });
        const known = await webhooks.get(name);
        if (!known && (await webhooks.count()) >= MOST)
          throw new Problem('request-invalid', { detail: `there are ${MOST} webhooks already` });
        const position = wanted ?? known?.position ?? (await changes.tail());
        const secret = randomBytes(SECRET_BYTES).toString('base64');
        const kept = await webhooks.update(name, (current) => ({
          url: parsed.href,
          secret: current?.secret ?? secret,
          position,
          state: 'active',
          attempts: 0,
          // The message that was not taken is the next, as it was.
          ...(current?.trying && wanted === undefined ? { trying: current.trying } : {}),
          due: 0,
        }));
        changes.told();
        reply.code(known ? 200 : 201);
        return kept && { ...view(name, kept), secret: secretText(kept.secret) };
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/webhooks/:webhook',
      handle: async (request, reply) => {
        const name = pathParameter(request, 'webhook');
        await found(name);
        await webhooks.remove(name);
        return reply.code(204).send();
      },
    },
  ];
}

const time = (milliseconds: number): string => new Date(milliseconds).toISOString();

const view = (name: string, { url, position, state, failing, due, delivered }: WebhookDocument) => ({
  name,
  url,
  state,
  told: positionName(position),
  ...(delivered === undefined ? {} : { delivered: time(delivered) }),
  ...(failing
    ? { failing: { since: time(failing.since), detail: failing.detail, ...(state === 'active' ? { again: time(due) } : {}) } }
    : {}),
});
