import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { downgradeCollection } from '../domain/presentation-2/downgrade-collection.ts';
import type { readCollection } from '../read-collection.ts';
import { negotiateVersion, type PresentationVersion } from './negotiate-version.ts';
import { sendMade } from './send-presentation.ts';

type Deps = { access: AccessTable; read: ReturnType<typeof readCollection>; publicUrl: string };

/** A collection by version; without the number it is negotiated. */
export function collectionRoutes({ access, read, publicUrl }: Deps): readonly ServiceRoute[] {
  const doors: readonly (readonly [string, PresentationVersion | undefined])[] = [
    ['/iiif/presentation/3/collections/:collection', 3],
    ['/iiif/presentation/2/collections/:collection', 2],
    ['/iiif/presentation/collections/:collection', undefined],
  ];
  return doors.map(([path, only]) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const version = only ?? negotiateVersion(request.headers.accept);
      const collection = await read(pathParameter(request, 'collection'), version);
      if (!collection) throw new Problem('not-found');
      const document = version === 2 ? downgradeCollection(collection, publicUrl) : collection;
      return sendMade(request, reply, document, version, access.cacheControl('public, max-age=60'));
    },
  }));
}
