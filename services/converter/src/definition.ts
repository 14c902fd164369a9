import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { converterConfig } from './config.ts';
import { conversionSettings } from './conversion-settings.ts';
import { parseMasterPlaces } from './masters/master-places.ts';
import { createConverter } from './service.ts';

export const converter: ServiceDefinition<typeof converterConfig> = {
  name: 'converter',
  config: converterConfig,
  create: async (deps, config) => {
    const places = parseMasterPlaces(config.VITRINE_MASTER_PLACES);
    return createConverter({
      ...deps,
      outbound: await deps.openOutbound(),
      converters: config.VITRINE_CONVERTERS,
      memoryMegabytes: config.VITRINE_CONVERTER_MEMORY_MB,
      totalMegabytes: config.VITRINE_CONVERTERS_MEMORY_MB,
      seconds: config.VITRINE_CONVERTER_SECONDS,
      freePercent: config.VITRINE_CONVERTER_FREE_PERCENT,
      settings: conversionSettings(config),
      copiesServices: config.VITRINE_IIIF_SERVICES === 'copy',
      maxBytes: config.VITRINE_MASTER_MAX_BYTES,
      maxPixels: config.VITRINE_MASTER_MAX_PIXELS,
      places,
      sweepDays: config.VITRINE_SWEEP_DAYS,
    });
  },
};
