import type { SweepOptions } from '@vitrine/platform/blobs/sweep-unused.ts';
import { INDEX_PREFIX } from './index-object.ts';
import { PAGE_PREFIX } from './read-texts.ts';
import type { Stores } from './stores.ts';

type SweepDeps = Pick<SweepOptions, 'blobs' | 'now' | 'days'> & { stores: Pick<Stores, 'objects' | 'texts' | 'unused'> };

/** Pages of texts and indexes of objects that were superseded, and those of withdrawn objects. */
export function superseded({ stores, blobs, now, days }: SweepDeps): SweepOptions {
  return {
    blobs,
    unused: stores.unused,
    prefixes: [`${PAGE_PREFIX}/`, `${INDEX_PREFIX}/`],
    used: async () => {
      const used = new Set<string>();
      for await (const { value } of stores.objects.all()) if (value.index) used.add(value.index.key);
      for await (const { value } of stores.texts.all()) if (value.page) used.add(value.page.key);
      return used;
    },
    now,
    days,
  };
}
