import type { AccessTable } from '@vitrine/access/access-table.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { IMAGE_3, imageInfo, LEVEL_2 } from '../domain/image-info.ts';
import type { FindImage } from '../find-image.ts';

type Deps = { find: FindImage; access: AccessTable; publicUrl: string; maxArea: number };

const base = '/iiif/image/3/:image';

/** Image API 3.0, 2.1 and 7: the base address redirects to `info.json`, with 303. */
export function infoRoutes({ find, access, publicUrl, maxArea }: Deps): readonly ServiceRoute[] {
  const address = (identifier: string) => `${publicUrl}/iiif/image/3/${identifier}`;
  return [
    {
      method: 'GET',
      path: base,
      handle: async (request, reply) => {
        const identifier = pathParameter(request, 'image');
        const found = await find(identifier);
        const target = 'current' in found ? found.current : identifier;
        return reply.header('cache-control', access.cacheControl('public, max-age=60')).redirect(`${address(target)}/info.json`, 303);
      },
    },
    {
      method: 'GET',
      path: `${base}/info.json`,
      handle: async (request, reply) => {
        const identifier = pathParameter(request, 'image');
        const found = await find(identifier);
        reply.header('cache-control', access.cacheControl('public, max-age=60')).header('vary', 'Accept');
        if ('current' in found) return reply.redirect(`${address(found.current)}/info.json`, 303);
        const body = JSON.stringify(imageInfo(address(identifier), found.derivative, maxArea));
        const accept = request.headers.accept ?? '';
        // 5.1: JSON-LD with its profile; plain JSON, and the context as a link, for those who ask for that alone.
        const plain = accept.includes('application/json') && !accept.includes('application/ld+json');
        reply.header(
          'link',
          `<${LEVEL_2}>;rel="profile"${plain ? `, <${IMAGE_3}>;rel="http://www.w3.org/ns/json-ld#context";type="application/ld+json"` : ''}`,
        );
        if (notModified(request, reply, `"${sha256(body).slice(0, 32)}${plain ? 'j' : ''}"`)) return reply;
        return reply.type(plain ? 'application/json' : `application/ld+json;profile="${IMAGE_3}"`).send(body);
      },
    },
  ];
}
