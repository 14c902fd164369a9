import { readFile } from 'node:fs/promises';
import { listOf } from '@vitrine/platform/platform-config.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceDefinition } from '@vitrine/platform/service-definition.ts';
import type { Static } from 'typebox';
import { harvesterConfig } from './config.ts';
import type { ConfiguredSource } from './configure-sources.ts';
import { parseCredentials } from './credentials.ts';
import { namedAddresses } from './domain/source-address.ts';
import { createHarvester } from './service.ts';
import { parseSourcesYaml } from './sources-yaml.ts';

export const harvester: ServiceDefinition<typeof harvesterConfig> = {
  name: 'harvester',
  config: harvesterConfig,
  create: async (deps, config) =>
    createHarvester({
      ...deps,
      outbound: await deps.openOutbound(),
      sources: await configuredSources(config),
      credentials: parseCredentials(config.VITRINE_HARVEST_CREDENTIALS),
      interval: config.VITRINE_HARVEST_SECONDS * 1000,
      maxBytes: config.VITRINE_RECORD_MAX_BYTES,
    }),
};

/** The sources that the settings name. @throws Problem `configuration-invalid` */
export async function configuredSources({
  VITRINE_SOURCES: list,
  VITRINE_SOURCES_YAML: file,
}: Pick<Static<typeof harvesterConfig>, 'VITRINE_SOURCES' | 'VITRINE_SOURCES_YAML'>): Promise<readonly ConfiguredSource[]> {
  const named = namedAddresses(listOf(list)).map(({ id, address }): ConfiguredSource => {
    const kind = address.startsWith('file:') ? { kind: 'folder' as const } : {};
    return { id, definition: { ...kind, addresses: [address] } };
  });
  if (file === undefined) return named;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('configuration-invalid', { detail: `VITRINE_SOURCES_YAML: ${file} can’t be read`, cause });
  });
  const described = parseSourcesYaml(text);
  const twice = named.find(({ id }) => described.some((other) => other.id === id));
  if (twice) throw new Problem('configuration-invalid', { detail: `${twice.id} is in VITRINE_SOURCES and in ${file}` });
  return [...named, ...described];
}
