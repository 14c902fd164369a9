import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import { searchConfig } from './config.ts';
import { createSearchService } from './service.ts';

const MEGABYTE = 1_000_000;

export const search: ServiceDefinition<typeof searchConfig> = {
  name: 'search',
  config: searchConfig,
  create: async (deps, { VITRINE_SEARCH_MEMORY_MB: megabytes, VITRINE_SEARCH_LANGUAGE: language, VITRINE_SEARCH_FACETS: facets = '' }) =>
    createSearchService({
      ...deps,
      textIndex: await deps.openTextIndex(),
      memory: megabytes * MEGABYTE,
      facetLabels: facets
        .split(',')
        .map((label) => label.trim())
        .filter((label) => label !== ''),
      ...(language === undefined ? {} : { language }),
    }),
};
