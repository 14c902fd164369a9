import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { converterConfig } from './config.ts';
import { createConverter } from './service.ts';

export const converter: ServiceDefinition<typeof converterConfig> = {
  name: 'converter',
  config: converterConfig,
  create: async (deps, config) =>
    createConverter({
      ...deps,
      outbound: await deps.openOutbound(),
      converters: config.VITRINE_CONVERTERS,
      memoryMegabytes: config.VITRINE_CONVERTER_MEMORY_MB,
      seconds: config.VITRINE_CONVERTER_SECONDS,
      quality: config.VITRINE_DERIVATIVE_QUALITY,
      maxBytes: config.VITRINE_MASTER_MAX_BYTES,
      maxPixels: config.VITRINE_MASTER_MAX_PIXELS,
    }),
};
