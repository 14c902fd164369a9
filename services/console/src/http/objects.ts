import type { AccessTable } from '@vitrine/access/access-table.ts';
import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { ReadVisible } from '../visible-objects.ts';

const PAGE = 100;

/** The published objects, for developers of sites. */
export function objectsRoute(visible: ReadVisible, access: AccessTable, publicUrl: string): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/objects',
    handle: async (request, reply) => {
      const { objects, next } = await visible(queryParameter(request, 'after'), PAGE);
      reply.header('cache-control', access.cacheControl('public, max-age=10'));
      return {
        objects: objects.map(({ id, entry: { label, images, thumbnail } }) => ({
          id,
          label,
          images,
          manifest: `${publicUrl}/iiif/presentation/3/manifests/${id}`,
          ...(thumbnail === undefined ? {} : { thumbnail }),
        })),
        ...(next === undefined ? {} : { next: `${publicUrl}/api/v1/objects?after=${encodeURIComponent(next)}` }),
      };
    },
  };
}
