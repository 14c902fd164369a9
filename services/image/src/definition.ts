import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { imageConfig } from './config.ts';
import { createImageService } from './service.ts';

const MEGABYTE = 1024 * 1024;
const MEGAPIXEL = 1_000_000;

export const image: ServiceDefinition<typeof imageConfig> = {
  name: 'image',
  config: imageConfig,
  create: (deps, config) => {
    const { VITRINE_IMAGE_MAX_AREA: maxArea, VITRINE_IMAGE_MAX_WIDTH: maxWidth, VITRINE_IMAGE_MAX_HEIGHT: maxHeight } = config;
    // Image API 3.0, 5.3: "maxWidth … must be specified if maxHeight is".
    if (maxHeight !== undefined && maxWidth === undefined)
      throw new Problem('configuration-invalid', { detail: 'VITRINE_IMAGE_MAX_HEIGHT needs VITRINE_IMAGE_MAX_WIDTH' });
    return createImageService({
      ...deps,
      limits: { ...(maxWidth === undefined ? {} : { maxWidth }), ...(maxHeight === undefined ? {} : { maxHeight }), maxArea },
      admission: {
        tiles: config.VITRINE_IMAGE_DECODES,
        large: config.VITRINE_IMAGE_LARGE,
        bytes: config.VITRINE_IMAGE_MEMORY_MB * MEGABYTE,
      },
      cacheBytes: config.VITRINE_IMAGE_CACHE_MB * MEGABYTE,
      tileCacheBytes: config.VITRINE_IMAGE_TILE_CACHE_MB * MEGABYTE,
      clientPixels: config.VITRINE_IMAGE_CLIENT_MEGAPIXELS * MEGAPIXEL,
      ...(config.VITRINE_IMAGE_DISK_CACHE_MB === 0
        ? {}
        : { diskCache: { folder: config.VITRINE_IMAGE_DISK_CACHE, bytes: config.VITRINE_IMAGE_DISK_CACHE_MB * MEGABYTE } }),
      ...(config.VITRINE_IMAGE_MOVED === undefined
        ? {}
        : { moved: { file: config.VITRINE_IMAGE_MOVED, answer: config.VITRINE_IMAGE_MOVED_ANSWER } }),
    });
  },
};
