import { randomBytes } from 'node:crypto';
import type { Migration } from '@vitrine/platform/documents/migrate.ts';
import type { Body } from '@vitrine/platform/documents/port.ts';
import { SOURCES } from './stores.ts';

const isText = (value: unknown): value is string => typeof value === 'string';
const isTime = (value: unknown): value is number => typeof value === 'number';

/** A source was one address and a watermark; it became a definition with several streams. A run of former days begins anew: its watermark has not moved. */
function withDefinition(body: Body): Body {
  const { address, watermark, run: _, head: __, ...rest } = body;
  if ('definition' in body || !isText(address)) return body;
  return {
    ...rest,
    address,
    definition: { addresses: [address] },
    origin: 'settings',
    streams: [{ address, ...(isTime(watermark) ? { watermark } : {}) }],
    lookAt: 0,
    due: 0,
    wanted: 0,
    inboxToken: randomBytes(24).toString('base64url'),
  };
}

export const migrations: readonly Migration[] = [{ number: 1, collection: SOURCES, change: withDefinition }];
