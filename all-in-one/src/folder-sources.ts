import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { parseMasterPlaces } from '@vitrine/converter/masters/master-places.ts';
import { configuredSources } from '@vitrine/harvester/definition.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { VitrineConfig } from './config.ts';

/**
 * Folders that were named at the start, as sources: `FOLDER`, or `name=FOLDER`.
 *
 * @throws Problem `configuration-invalid` where one is no folder
 */
export async function folderSources(folders: readonly string[]): Promise<readonly string[]> {
  const sources: string[] = [];
  for (const folder of folders) {
    const [, name = '', path = folder] = /^([a-z0-9][a-z0-9-]{0,40}=)(.+)$/.exec(folder) ?? [];
    const facts = await stat(path).catch(() => undefined);
    if (!facts?.isDirectory()) throw new Problem('configuration-invalid', { detail: `${folder}: ${facts ? 'no folder' : 'not there'}` });
    // Commas stand between sources.
    sources.push(`${name}${pathToFileURL(resolve(path)).href.replaceAll(',', '%2C')}`);
  }
  return sources;
}

/** The masters of a folder that is harvested may be read from it: of that source, and of no other. @throws Problem `configuration-invalid` */
export async function withFolderMasters(config: VitrineConfig): Promise<VitrineConfig> {
  const sources = await configuredSources(config);
  const harvested = sources
    .filter(({ definition }) => definition.kind === 'folder')
    .flatMap(({ id, definition }) => definition.addresses.map((address) => ({ id, address, definition })))
    .map(({ id, address, definition }, at) => placeOf(id, address, at, definition));
  if (harvested.length === 0) return config;
  const { folders, buckets, origins } = parseMasterPlaces(config.VITRINE_MASTER_PLACES);
  const places = [...folders, ...buckets, ...origins, ...harvested];
  return { ...config, VITRINE_MASTER_PLACES: JSON.stringify(places) };
}

const placeOf = (source: string, address: string, at: number, { attach }: SourceDefinition) => ({
  name: `source-${at}-${source}`.slice(0, 41),
  folder: fileURLToPath(address),
  sources: attach ? [source, attach.to] : [source],
});
