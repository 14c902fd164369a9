import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import { sweepDaily } from '@vitrine/platform/blobs/sweep-unused.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { createOutcomes } from '@vitrine/platform/events/outcomes.ts';
import type { Service } from '@vitrine/platform/service.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { announceText } from './announce-text.ts';
import { searchCollections } from './find-in-collection.ts';
import { onImageChanged } from './handlers/image-changed.ts';
import { onObjectChanged } from './handlers/object-changed.ts';
import { collectionSearchRoutes } from './http/collection-search.ts';
import { museumSearchRoute } from './http/museum-search.ts';
import { objectSearchRoutes } from './http/object-search.ts';
import { INDEX_PREFIX, openIndexing } from './index-object.ts';
import { openLanguages } from './languages-in-use.ts';
import { openTexts, PAGE_PREFIX } from './read-texts.ts';
import { searchMuseum } from './search-museum.ts';
import { openSearchedObjects } from './searched-objects.ts';
import { openStores } from './stores.ts';
import { superseded } from './sweep.ts';

export type SearchDeps = ServiceDeps & {
  textIndex: TextIndex;
  publicUrl: string;
  accessMode: AccessMode;
  /** For the words that are searched, in bytes. */
  memory: number;
  /** Of texts that don't say theirs; BCP 47. */
  language?: string;
  /** Days that what nothing points to any more is kept. */
  sweepDays: number;
  /** Labels whose values are counted. */
  facetLabels: readonly string[];
};

export async function createSearchService(deps: SearchDeps): Promise<Service> {
  const { documents, textIndex, blobs, publish, now, log } = deps;
  const stores = await openStores(documents);
  const access = await openAccessTable('search', documents, deps.accessMode);
  const texts = openTexts({ ...deps, stores, outcome: createOutcomes('search-text', deps), announce: announceText(stores, publish) });
  const languages = openLanguages(stores);
  const searched = openSearchedObjects({ ...deps, stores });
  const collections = searchCollections({ ...deps, stores, searched, languages, access });
  return {
    name: 'search',
    routes: [
      ...objectSearchRoutes({ ...deps, stores, searched, access }),
      ...collectionSearchRoutes({ ...deps, collections, access }),
      museumSearchRoute({ ...deps, search: searchMuseum({ ...deps, stores, searched, access }), languages, access }),
    ],
    subscriptions: [
      {
        group: 'search',
        concurrency: 8,
        recordsOutcomes: true,
        handlers: [
          ...onObjectChanged(stores, texts, openIndexing({ ...deps, stores, languages })),
          ...onImageChanged(stores),
          ...access.handlers,
        ],
      },
    ],
    tasks: [sweepDaily(superseded({ stores, blobs, now, days: deps.sweepDays }), log)],
    dropDerived: async () => {
      languages.forget();
      await Promise.all([
        textIndex.drop(),
        stores.objects.drop(),
        stores.descriptions.drop(),
        stores.languages.drop(),
        stores.canvases.drop(),
      ]);
      for (const prefix of [PAGE_PREFIX, INDEX_PREFIX]) for await (const key of blobs.list(`${prefix}/`)) await blobs.delete(key);
    },
    isOutdated: async () => {
      // Descriptions came with the indexes of objects.
      if ((await stores.descriptions.list({ limit: 1 })).items.length > 0) return false;
      for await (const { value } of stores.objects.all()) if (value.state === 'present') return true;
      return false;
    },
    close: async () => {},
  };
}
