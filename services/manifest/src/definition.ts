import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { manifestConfig } from './config.ts';
import { createManifestService } from './service.ts';

export const manifest: ServiceDefinition<typeof manifestConfig> = {
  name: 'manifest',
  config: manifestConfig,
  create: async (deps, { VITRINE_MANIFEST_WAIT_SECONDS: seconds, VITRINE_MANIFEST_MOVED: file }) =>
    createManifestService({
      ...deps,
      outbound: await deps.openOutbound(),
      wait: seconds * 1000,
      ...(file === undefined ? {} : { moved: file }),
    }),
};
