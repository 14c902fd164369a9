import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { announceImage } from './announce-image.ts';
import { ChildPool } from './child-pool.ts';
import { convertImage } from './handlers/convert-image.ts';
import { planObject } from './handlers/plan-object.ts';
import { withdrawDropped } from './handlers/withdraw-dropped.ts';
import { withdrawObject } from './handlers/withdraw-object.ts';
import { openStores } from './stores.ts';

export type ConverterDeps = ServiceDeps & {
  outbound: OutboundHttp;
  /** A folder for masters and derivatives in transit, empty at the start. */
  workFolder: string;
  converters: number;
  memoryMegabytes: number;
  seconds: number;
  quality: number;
  maxBytes: number;
  maxPixels: number;
};

export async function createConverter(deps: ConverterDeps): Promise<Service> {
  const { publish } = deps;
  const stores = await openStores(deps.documents);
  const announce = announceImage(stores, publish);
  const pool = new ChildPool({ size: deps.converters, memoryMegabytes: deps.memoryMegabytes, seconds: deps.seconds });
  return {
    name: 'converter',
    routes: [],
    subscriptions: [
      {
        group: 'converter-plan',
        concurrency: 8,
        recordsOutcomes: true,
        handlers: [planObject({ stores, publish, announce }), withdrawObject(stores, announce), ...withdrawDropped(stores, announce)],
      },
      {
        group: 'converter',
        concurrency: deps.converters + 1,
        recordsOutcomes: true,
        handlers: convertImage({ ...deps, stores, announce, pool }),
      },
    ],
    tasks: [],
    emitAgain: async (replay) => {
      for await (const { id } of stores.images.all()) await announce(id, { replay }, true);
    },
    close: async () => pool.close(),
  };
}
