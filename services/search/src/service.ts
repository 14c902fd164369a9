import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { createOutcomes } from '@vitrine/platform/events/outcomes.ts';
import type { Service } from '@vitrine/platform/service.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { announceText } from './announce-text.ts';
import { onImageChanged } from './handlers/image-changed.ts';
import { onObjectChanged } from './handlers/object-changed.ts';
import { searchManifestRoutes } from './http/search-manifest.ts';
import { indexText, PAGE_PREFIX } from './index-text.ts';
import { openStores } from './stores.ts';

export type SearchDeps = ServiceDeps & { textIndex: TextIndex; publicUrl: string; accessMode: AccessMode };

export async function createSearchService(deps: SearchDeps): Promise<Service> {
  const { documents, textIndex, blobs, publish } = deps;
  const stores = await openStores(documents);
  const access = await openAccessTable('search', documents, deps.accessMode);
  const index = indexText({ ...deps, stores, outcome: createOutcomes('search-text', deps), announce: announceText(stores, publish) });
  return {
    name: 'search',
    routes: searchManifestRoutes({ ...deps, stores, access }),
    subscriptions: [
      {
        group: 'search',
        concurrency: 8,
        recordsOutcomes: true,
        handlers: [...onObjectChanged(stores, index), ...onImageChanged(stores), ...access.handlers],
      },
    ],
    tasks: [],
    dropDerived: async () => {
      await Promise.all([textIndex.drop(), stores.objects.drop(), stores.indexed.drop(), stores.canvases.drop()]);
      for await (const key of blobs.list(`${PAGE_PREFIX}/`)) await blobs.delete(key);
    },
    close: async () => {},
  };
}
