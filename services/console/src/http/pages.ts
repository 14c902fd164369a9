import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyReply } from 'fastify';
import { embedPage } from '../pages/embed-page.ts';
import { homePage } from '../pages/home-page.ts';
import { CONTENT_SECURITY_POLICY, EMBEDDED_SECURITY_POLICY } from '../pages/layout.ts';
import { objectPage } from '../pages/object-page.ts';
import type { ReadPublished, ReadVisible } from '../visible-objects.ts';

const PAGE = 60;

type Deps = { published: ReadPublished; access: AccessTable; visible: ReadVisible; publicUrl: string };

/** The public pages. */
export function pageRoutes({ published, access, visible, publicUrl }: Deps): readonly ServiceRoute[] {
  const send = (reply: FastifyReply, page: string, policy = CONTENT_SECURITY_POLICY) =>
    reply
      .header('cache-control', access.cacheControl('no-cache'))
      .header('content-security-policy', policy)
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
        return send(reply, objectPage(publicUrl, { id, entry: await published(id) }));
      },
    },
    {
      method: 'GET',
      path: '/objects/:object/embed',
      handle: async (request, reply) => {
        const id = pathParameter(request, 'object');
        return send(reply, embedPage(publicUrl, { id, entry: await published(id) }), EMBEDDED_SECURITY_POLICY);
      },
    },
  ];
}
