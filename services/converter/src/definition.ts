import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { converterConfig } from './config.ts';
import { partsSettings } from './parts-settings.ts';
import { createConverter } from './service.ts';

export const converter: ServiceDefinition<typeof converterConfig> = {
  name: 'converter',
  config: converterConfig,
  create: async (deps, config) => {
    return createConverter({
      ...deps,
      ...partsSettings(config),
      outbound: await deps.openOutbound(),
      freePercent: config.VITRINE_CONVERTER_FREE_PERCENT,
      copiesServices: config.VITRINE_IIIF_SERVICES === 'copy',
    });
  },
};
