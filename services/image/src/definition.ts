import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { imageConfig } from './config.ts';
import { createImageService } from './service.ts';

export const image: ServiceDefinition<typeof imageConfig> = {
  name: 'image',
  config: imageConfig,
  create: (deps, config) => createImageService({ ...deps, maxArea: config.VITRINE_IMAGE_MAX_AREA, decodes: config.VITRINE_IMAGE_DECODES }),
};
