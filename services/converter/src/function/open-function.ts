import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { settingNames } from '@vitrine/contracts/settings.ts';
import { readConfig } from '@vitrine/platform/config.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { createLog } from '@vitrine/platform/log.ts';
import { portOpeners } from '@vitrine/platform/open-adapters.ts';
import { allowedOrigin } from '@vitrine/platform/outbound/allowed-origin.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { listOf, platformConfig } from '@vitrine/platform/platform-config.ts';
import { converterConfig } from '../config.ts';
import { openConverterParts } from '../converter-parts.ts';
import { partsSettings } from '../parts-settings.ts';
import { conversionFunction } from './conversion-function.ts';

type Surroundings = Pick<NodeJS.Process, 'env' | 'stderr'>;

/**
 * The conversion as a function, on the engines that the settings name; opened once for as long as the function's machine lives.
 *
 * @param folder for files in transit
 * @throws Problem `configuration-invalid` and those of the engines
 */
export async function openFunction({ env, stderr }: Surroundings, folder: string) {
  const platform = readConfig(platformConfig, env, settingNames);
  const config = readConfig(converterConfig, env, settingNames);
  const log = createLog(platform.VITRINE_LOG_LEVEL, stderr).child({ service: 'converter' });
  const openers = portOpeners(platform, { folder, log, signal: new AbortController().signal });
  const [documents, blobs, bus] = [await openers.documents(), await openers.blobs(), await openers.bus()];
  const outbound = createOutboundHttp({
    allowedOrigins: new Set(listOf(platform.VITRINE_ALLOWED_ORIGINS).map(allowedOrigin)),
    timeout: platform.VITRINE_OUTBOUND_TIMEOUT * 1000,
    atOnce: platform.VITRINE_OUTBOUND_PER_HOST,
    userAgent: 'Vitrine',
  });
  const parts = await openConverterParts({
    ...partsSettings(config),
    documents,
    blobs,
    outbound,
    publish: createPublisher('converter', { bus, blobs }),
    now: () => new Date(),
    instance: randomUUID(),
    workFolder: await mkdtemp(join(folder, 'vitrine-')),
  });
  return {
    handle: conversionFunction(parts),
    close: async () => {
      parts.pool.close();
      await Promise.all([bus.close(), documents.close(), blobs.close(), outbound.close()]);
    },
  };
}
