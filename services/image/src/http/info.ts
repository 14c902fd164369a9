import type { AccessTable } from '@vitrine/access/access-table.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { SHORT } from '../domain/image-head.ts';
import type { ApiVersion } from '../domain/image-request.ts';
import type { FindImage } from '../find-image.ts';
import type { InfoDocuments } from '../info-documents.ts';

export type InfoDeps = { find: FindImage; access: AccessTable; documents: InfoDocuments; publicUrl: string };

/** Image API 3.0 and 2.1.1, 2.1 and 5: the base address redirects to `info.json`, with 303. */
export function infoRoutes(api: ApiVersion, { find, access, documents, publicUrl }: InfoDeps): readonly ServiceRoute[] {
  const path = `/iiif/image/${api}/:image`;
  const address = (identifier: string) => `${publicUrl}/iiif/image/${api}/${identifier}`;
  return [
    {
      method: 'GET',
      path,
      handle: async (request, reply) => {
        const identifier = pathParameter(request, 'image');
        const found = await find.find(identifier);
        const target = 'current' in found ? found.current : identifier;
        return reply.header('cache-control', access.cacheControl(SHORT)).redirect(`${address(target)}/info.json`, 303);
      },
    },
    {
      method: 'GET',
      path: `${path}/info.json`,
      handle: async (request, reply) => {
        const identifier = pathParameter(request, 'image');
        const found = await find.find(identifier);
        if ('current' in found) {
          reply.header('cache-control', access.cacheControl(SHORT)).header('vary', 'Accept');
          return reply.redirect(`${address(found.current)}/info.json`, 303);
        }
        const { headers, etag, body } = documents.of(api, identifier, found.derivative, request.headers.accept);
        reply.headers(headers);
        return notModified(request, reply, etag) ? reply : reply.send(body);
      },
    },
  ];
}
