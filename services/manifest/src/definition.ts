import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { manifestConfig } from './config.ts';
import { createManifestService } from './service.ts';

export const manifest: ServiceDefinition<typeof manifestConfig> = {
  name: 'manifest',
  config: manifestConfig,
  create: (deps, config) => createManifestService({ ...deps, wait: config.VITRINE_MANIFEST_WAIT_SECONDS * 1000 }),
};
