import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import Type from 'typebox';
import { createConsole } from './service.ts';

const consoleConfig = Type.Object({});

export const console: ServiceDefinition<typeof consoleConfig> = {
  name: 'console',
  config: consoleConfig,
  create: (deps) => createConsole(deps),
};
