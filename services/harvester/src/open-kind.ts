import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { activityStream } from './activity-stream.ts';
import type { FetchDocument } from './fetch-document.ts';
import { apiListing } from './listing/api-listing.ts';
import { bucketListing } from './listing/bucket-listing.ts';
import { folderListing } from './listing/folder-listing.ts';
import { iiifListing } from './listing/iiif-listing.ts';
import { listedSource } from './listing/listing.ts';
import { oaiListing } from './listing/oai-listing.ts';
import { tableListing } from './listing/table-listing.ts';
import type { SourceKind } from './source-kind.ts';

type Deps = {
  /** Of this source, with its credential. */
  fetch: FetchDocument;
  now: () => Date;
  /** Largest document read. */
  maxBytes: number;
  /** Of a bucket: its address with its key and secret. */
  store: string | undefined;
};

/** How a source is read, by its definition: for one look, so that what was read is not read twice. */
export function openKind(
  { kind = 'activity-stream', table = {}, oai = {}, api, attach }: SourceDefinition,
  { fetch, now, maxBytes, store }: Deps,
): SourceKind {
  switch (kind) {
    case 'activity-stream':
      return activityStream(fetch, now);
    case 'folder':
      return listedSource(folderListing(maxBytes, attach !== undefined));
    case 'bucket':
      if (store === undefined)
        throw new Problem('configuration-invalid', { detail: 'a bucket wants a credential with a store (VITRINE_HARVEST_CREDENTIALS)' });
      return listedSource(bucketListing(store));
    case 'table':
      return listedSource(tableListing(fetch, { ...table, role: attach ? 'file' : 'id' }));
    case 'oai-pmh':
      return listedSource(oaiListing(fetch, { prefix: oai.prefix ?? 'oai_dc', set: oai.set }));
    case 'iiif':
      return listedSource(iiifListing(fetch));
    case 'api': {
      if (!api) throw new Problem('configuration-invalid', { detail: 'a source of kind api says where its records are' });
      return listedSource(apiListing(fetch, api));
    }
  }
}
