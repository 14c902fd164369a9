import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { buildCollection } from '../domain/build-collection.ts';
import { downgradeCollection } from '../domain/presentation-2/downgrade-collection.ts';
import type { Stores } from '../stores.ts';
import { negotiateVersion, type PresentationVersion } from './negotiate-version.ts';
import { sendMade } from './send-presentation.ts';

type Deps = { access: AccessTable; stores: Stores; publicUrl: string };

/** `root` and its parts: only what the public may see, each manifest after its own decision. */
export function collectionRoutes({ access, stores, publicUrl }: Deps): readonly ServiceRoute[] {
  const doors: readonly (readonly [string, PresentationVersion | undefined])[] = [
    ['/iiif/presentation/3/collections/:collection', 3],
    ['/iiif/presentation/2/collections/:collection', 2],
    ['/iiif/presentation/collections/:collection', undefined],
  ];
  return doors.map(([path, only]) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const published = [];
      for await (const { id, value } of stores.publications.all({ where: { field: 'state', equals: 'published' } })) {
        if (await access.allows(id)) published.push({ id, label: value.label, thumbnail: value.thumbnail });
      }
      const collection = buildCollection(publicUrl, pathParameter(request, 'collection'), published);
      if (!collection) throw new Problem('not-found');
      const version = only ?? negotiateVersion(request.headers.accept);
      const document = version === 2 ? downgradeCollection(collection, publicUrl) : collection;
      return sendMade(request, reply, document, version, access.cacheControl('public, max-age=60'));
    },
  }));
}
