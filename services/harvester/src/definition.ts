import { listOf } from '@vitrine/platform/platform-config.ts';
import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { harvesterConfig } from './config.ts';
import { namedAddresses } from './domain/source-address.ts';
import { createHarvester } from './service.ts';

export const harvester: ServiceDefinition<typeof harvesterConfig> = {
  name: 'harvester',
  config: harvesterConfig,
  create: async (deps, config) =>
    createHarvester({
      ...deps,
      outbound: await deps.openOutbound(),
      sources: namedAddresses(listOf(config.VITRINE_SOURCES)).map(({ id, address }) => ({ id, definition: { addresses: [address] } })),
      interval: config.VITRINE_HARVEST_SECONDS * 1000,
      maxBytes: config.VITRINE_RECORD_MAX_BYTES,
    }),
};
