import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyReply } from 'fastify';
import { homePage } from '../pages/home-page.ts';
import { CONTENT_SECURITY_POLICY } from '../pages/layout.ts';
import { objectPage } from '../pages/object-page.ts';
import type { Stores } from '../stores.ts';
import type { ReadVisible } from '../visible-objects.ts';

const PAGE = 60;

type Deps = { stores: Stores; access: AccessTable; visible: ReadVisible; publicUrl: string };

/** The public pages. */
export function pageRoutes({ stores, access, visible, publicUrl }: Deps): readonly ServiceRoute[] {
  const send = (reply: FastifyReply, page: string) =>
    reply
      .header('cache-control', access.cacheControl('no-cache'))
      .header('content-security-policy', CONTENT_SECURITY_POLICY)
      .header('referrer-policy', 'no-referrer')
      .type('text/html; charset=utf-8')
      .send(page);
  return [
    {
      method: 'GET',
      path: '/',
      handle: async (request, reply) => {
        const { objects, next } = await visible(queryParameter(request, 'after'), PAGE);
        return send(reply, homePage({ publicUrl, objects, next }));
      },
    },
    {
      method: 'GET',
      path: '/objects/:object',
      handle: async (request, reply) => {
        const id = pathParameter(request, 'object');
        await access.demand(id);
        const entry = await stores.objects.get(id);
        if (entry?.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: id });
        if (entry?.state !== 'published') throw new Problem('object-not-found', { detail: id });
        return send(reply, objectPage(publicUrl, { id, entry }));
      },
    },
  ];
}
