import { sweepDaily } from '@vitrine/platform/blobs/sweep-unused.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { openIntents } from '@vitrine/platform/intents.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { ConversionGate } from './conversion-gate.ts';
import { conversionsUnderWay } from './conversions-under-way.ts';
import { type ConverterPartsDeps, openConverterParts } from './converter-parts.ts';
import { describeImage } from './describe-image.ts';
import { diskRoom } from './disk-room.ts';
import { onConversionRequested } from './handlers/convert-image.ts';
import { planObject } from './handlers/plan-object.ts';
import { withdrawDropped } from './handlers/withdraw-dropped.ts';
import { withdrawObject } from './handlers/withdraw-object.ts';
import { conversionRoutes } from './http/conversion.ts';
import { notificationRoute } from './http/notifications.ts';
import { superseded } from './sweep.ts';
import { requestConversion } from './want-object.ts';

export type ConverterDeps = ServiceDeps &
  ConverterPartsDeps & {
    freePercent: number;
    copiesServices: boolean;
    /** Days that what nobody has any more is kept. */
    sweepDays: number;
  };

/** Masters under way beside those that are being converted: a network is slower than a core. */
const FETCHING = 6;
/** Bulk requests at hand, of which each source gets its turn. */
const BULK_AT_HAND = 64;

export async function createConverter(deps: ConverterDeps): Promise<Service> {
  const { documents, publish, blobs, outbound, workFolder, now, log, converters, instance } = deps;
  const parts = await openConverterParts(deps);
  const { stores, announce, results, pool } = parts;
  const underWay = await conversionsUnderWay(documents, stores, instance, now);
  const intents = await openIntents(
    'converter',
    documents,
    instance,
    () => now().getTime(),
    (image) => requestConversion(stores, publish, image, 'swept'),
  );
  return {
    name: 'converter',
    routes: [
      ...conversionRoutes({ stores, blobs, publish, announce, intents, underWay }),
      notificationRoute({ stores, publish, intents, log }),
    ],
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
          ...parts,
          describe: describeImage({ outbound, results, announce, now }),
          underWay,
          gate: new ConversionGate(converters + FETCHING),
          room: diskRoom(workFolder, deps.freePercent, log),
        }),
      },
    ],
    tasks: [sweepDaily(superseded({ stores, blobs, now, days: deps.sweepDays }), log), async () => void (await intents.sweep('own'))],
    emitAgain: async (replay) => {
      for await (const { id } of stores.images.all()) await announce(id, { replay }, true);
    },
    close: async () => pool.close(),
  };
}
