import type { Migration } from '@vitrine/platform/documents/migrate.ts';
import type { Body } from '@vitrine/platform/documents/port.ts';
import { PUBLICATIONS } from './stores.ts';

/** What was published before there was a stream of it is told in it. */
const tellOfAll = (body: Body): Body =>
  'streamed' in body || 'unstreamed' in body || body['state'] !== 'published' ? body : { ...body, unstreamed: 1 };

export const migrations: readonly Migration[] = [{ number: 1, collection: PUBLICATIONS, change: tellOfAll }];
