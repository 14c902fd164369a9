import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { announceImage } from './announce-image.ts';
import type { ConversionSettings } from './child/conversion-task.ts';
import { ChildPool } from './child-pool.ts';
import { convertImage } from './convert-image.ts';
import { deriveImage } from './derive-image.ts';
import { imageResults } from './image-results.ts';
import type { MasterPlaces } from './masters/master-places.ts';
import { s3Masters } from './masters/s3-masters.ts';
import { openStores } from './stores.ts';

export type ConverterPartsDeps = Pick<ServiceDeps, 'documents' | 'blobs' | 'publish' | 'now'> & {
  outbound: OutboundHttp;
  /** A folder for masters and derivatives in transit. */
  workFolder: string;
  converters: number;
  memoryMegabytes: number;
  totalMegabytes: number;
  seconds: number;
  settings: ConversionSettings;
  maxBytes: number;
  maxPixels: number;
  places: MasterPlaces;
  /** The name of this replica. */
  instance: string;
};

/** What the service and the function have in common: from the address of a master to a derivative that is announced. */
export async function openConverterParts(deps: ConverterPartsDeps) {
  const stores = await openStores(deps.documents);
  const announce = announceImage(stores, deps.publish);
  const results = imageResults(stores, announce);
  const pool = new ChildPool({ ...deps, size: deps.converters });
  const sources = { outbound: deps.outbound, places: deps.places, s3: s3Masters() };
  const derive = deriveImage({ ...deps, stores, pool });
  return { stores, announce, results, pool, convert: convertImage({ ...deps, sources, derive, results, announce }) };
}
