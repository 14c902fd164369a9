import type { AccessTable } from '@vitrine/access/access-table.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { buildCollection } from '../domain/build-collection.ts';
import type { Stores } from '../stores.ts';
import { sendPresentation } from './json-reply.ts';

type Deps = { access: AccessTable; stores: Stores; publicUrl: string };

/** `root` and its parts: only what the public may see, each manifest after its own decision. */
export function collectionRoutes({ access, stores, publicUrl }: Deps): readonly ServiceRoute[] {
  return ['/iiif/presentation/3/collections/:collection', '/iiif/presentation/collections/:collection'].map((path) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const published = [];
      for await (const { id, value } of stores.publications.all({ where: { field: 'state', equals: 'published' } })) {
        if (await access.allows(id)) published.push({ id, label: value.label, thumbnail: value.thumbnail });
      }
      const collection = buildCollection(publicUrl, pathParameter(request, 'collection'), published);
      if (!collection) throw new Problem('not-found');
      const bytes = Buffer.from(JSON.stringify(collection));
      return sendPresentation(request, reply, bytes, sha256(bytes), access.cacheControl('public, max-age=60'));
    },
  }));
}
