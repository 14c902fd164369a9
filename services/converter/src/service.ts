import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { announceImage } from './announce-image.ts';
import type { ConversionSettings } from './child/conversion-task.ts';
import { ChildPool } from './child-pool.ts';
import { ConversionGate } from './conversion-gate.ts';
import { convertImage } from './convert-image.ts';
import { deriveImage } from './derive-image.ts';
import { describeImage } from './describe-image.ts';
import { diskRoom } from './disk-room.ts';
import { onConversionRequested } from './handlers/convert-image.ts';
import { planObject } from './handlers/plan-object.ts';
import { withdrawDropped } from './handlers/withdraw-dropped.ts';
import { withdrawObject } from './handlers/withdraw-object.ts';
import { conversionRoute } from './http/conversion.ts';
import { imageResults } from './image-results.ts';
import type { MasterPlaces } from './masters/master-places.ts';
import { s3Masters } from './masters/s3-masters.ts';
import { openStores } from './stores.ts';
import { sweepTask } from './sweep.ts';

export type ConverterDeps = ServiceDeps & {
  outbound: OutboundHttp;
  /** A folder for masters and derivatives in transit, empty at the start. */
  workFolder: string;
  converters: number;
  memoryMegabytes: number;
  totalMegabytes: number;
  seconds: number;
  freePercent: number;
  settings: ConversionSettings;
  copiesServices: boolean;
  maxBytes: number;
  maxPixels: number;
  places: MasterPlaces;
  /** Days that what nobody has any more is kept. */
  sweepDays: number;
};

/** Masters under way beside those that are being converted: a network is slower than a core. */
const FETCHING = 2;
/** Bulk requests at hand, of which each source gets its turn. */
const BULK_AT_HAND = 64;

export async function createConverter(deps: ConverterDeps): Promise<Service> {
  const { publish, blobs, outbound, workFolder, now, log, converters } = deps;
  const stores = await openStores(deps.documents);
  const announce = announceImage(stores, publish);
  const results = imageResults(stores, announce);
  const pool = new ChildPool({ ...deps, size: converters });
  const sources = { outbound, places: deps.places, s3: s3Masters(deps.places.buckets) };
  const derive = deriveImage({ ...deps, stores, pool });
  return {
    name: 'converter',
    routes: [conversionRoute(stores, blobs)],
    subscriptions: [
      {
        group: 'converter-plan',
        concurrency: 8,
        recordsOutcomes: true,
        handlers: [planObject({ stores, publish, announce }), withdrawObject(stores, announce), ...withdrawDropped(stores, announce)],
      },
      {
        group: 'converter',
        concurrency: Math.max(converters + FETCHING, BULK_AT_HAND),
        recordsOutcomes: true,
        handlers: onConversionRequested({
          ...deps,
          stores,
          announce,
          results,
          convert: convertImage({ ...deps, sources, derive, results, announce }),
          describe: describeImage(outbound, results),
          gate: new ConversionGate(converters + FETCHING),
          room: diskRoom(workFolder, deps.freePercent, log),
        }),
      },
    ],
    tasks: [sweepTask({ stores, blobs, now, log, days: deps.sweepDays })],
    emitAgain: async (replay) => {
      for await (const { id } of stores.images.all()) await announce(id, { replay }, true);
    },
    close: async () => pool.close(),
  };
}
