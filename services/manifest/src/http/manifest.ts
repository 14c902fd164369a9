import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { ReadManifest } from '../read-manifest.ts';
import { sendPresentation } from './json-reply.ts';

type Deps = { access: AccessTable; readManifest: ReadManifest };

/** Without the number the newest version that we serve is meant. */
export function manifestRoutes({ access, readManifest }: Deps): readonly ServiceRoute[] {
  return ['/iiif/presentation/3/manifests/:object', '/iiif/presentation/manifests/:object'].map((path) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const { bytes, sha256 } = await readManifest(object);
      return sendPresentation(request, reply, bytes, sha256, access.cacheControl('public, max-age=60'));
    },
  }));
}
