import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

type Message = { readonly id: string /** Seconds since 1970. */; readonly time: number; readonly body: Buffer };

/** The headers that let a receiver trust a message and know one that came twice (Standard Webhooks 1.0.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`). */
export function signedHeaders(secret: string, { id, time, body }: Message): Readonly<Record<string, string>> {
  const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${time}.`).update(body).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(time),
    'webhook-signature': `v1,${signature}`,
  };
}

/** A secret as receivers' libraries take it. */
export const secretText = (secret: string): string => `${PREFIX}${secret}`;
