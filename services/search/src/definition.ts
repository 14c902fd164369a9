import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import Type from 'typebox';
import { createSearchService } from './service.ts';

const searchConfig = Type.Object({});

export const search: ServiceDefinition<typeof searchConfig> = {
  name: 'search',
  config: searchConfig,
  create: async (deps) => createSearchService({ ...deps, textIndex: await deps.openTextIndex() }),
};
