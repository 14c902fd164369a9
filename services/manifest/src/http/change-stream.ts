import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changeCollection, changePage, DISCOVERY_1 } from '../domain/change-stream.ts';
import type { Stores } from '../stores.ts';
import { activitiesOf, newestPage, pageKey } from '../stream/append-to-stream.ts';

import { made, sendDocument } from './send-document.ts';

type Deps = { access: AccessTable; stores: Pick<Stores, 'streamPages' | 'streamHead'>; publicUrl: string };

/** Our own stream (Change Discovery 1.0). What the public may not see is not on a page that it reads. */
export function changeStreamRoutes({ access, stores, publicUrl }: Deps): readonly ServiceRoute[] {
  const send = (request: FastifyRequest, reply: FastifyReply, document: unknown, whenOpen: string) =>
    sendDocument(request, reply, {
      ...made(document),
      type: `application/ld+json;profile="${DISCOVERY_1}"`,
      vary: 'Accept-Encoding',
      cacheControl: access.cacheControl(whenOpen),
    });

  return [
    {
      method: 'GET',
      path: '/iiif/activity/all-changes',
      handle: async (request, reply) => {
        const newest = await newestPage(stores);
        const page = newest === 0 ? undefined : await stores.streamPages.get(pageKey(newest));
        const total = page ? page.before + activitiesOf(page.entries) : 0;
        return send(request, reply, changeCollection(publicUrl, newest, total), 'public, max-age=10');
      },
    },
    {
      method: 'GET',
      path: '/iiif/activity/:page',
      handle: async (request, reply) => {
        const number = Number(/^page-([1-9]\d{0,11})$/.exec(pathParameter(request, 'page'))?.[1] ?? Number.NaN);
        const newest = await newestPage(stores);
        const page = number <= newest ? await stores.streamPages.get(pageKey(number)) : undefined;
        if (!page) throw new Problem('not-found');
        const allowed = await Promise.all(page.entries.map(({ object }) => access.allows(object)));
        const entries = page.entries.filter((_, place) => allowed[place]);
        const isNewest = number === newest;
        const whenOpen = isNewest ? 'public, max-age=10' : 'public, max-age=31536000, immutable';
        return send(request, reply, changePage(publicUrl, { number, before: page.before, entries, isNewest }), whenOpen);
      },
    },
  ];
}
