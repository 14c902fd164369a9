import { randomBytes } from 'node:crypto';
import type { SourceDefinition } from '@vitrine/contracts/source-definition.ts';
import { mappingsOf } from './mappings-of.ts';
import type { SourceDocument, Stores } from './stores.ts';

export type ConfiguredSource = { readonly id: string; readonly definition: SourceDefinition };

/** A source that was not harvested yet. */
export function newSource(definition: SourceDefinition, origin: SourceDocument['origin']): SourceDocument {
  return {
    definition,
    origin,
    streams: [],
    runs: 0,
    lookAt: 0,
    due: definition.paused ? Number.MAX_SAFE_INTEGER : 0,
    wanted: 0,
    mappedBy: mappingsOf(definition),
    inboxToken: randomBytes(24).toString('base64url'),
  };
}

/** A source by another definition: what it has read of streams that it still has stays, and it is looked at now. */
export function redefined(current: SourceDocument, definition: SourceDefinition, origin: SourceDocument['origin']): SourceDocument {
  if (JSON.stringify(current.definition) === JSON.stringify(definition) && current.origin === origin) return current;
  const { run, ...rest } = current;
  const same = JSON.stringify(current.definition.addresses) === JSON.stringify(definition.addresses);
  const meant = JSON.stringify(meaningOf(current.definition)) === JSON.stringify(meaningOf(definition));
  return {
    ...rest,
    // A run knows its streams by their place.
    ...(same && meant && run !== undefined ? { run } : {}),
    definition,
    origin,
    // What is read, or means, something else is read from its beginning.
    streams: meant ? current.streams.filter(({ address }) => definition.addresses.includes(address)) : [],
    ...(isMappingAlone(current.definition, definition)
      ? { due: definition.paused ? Number.MAX_SAFE_INTEGER : 0 }
      : lookedAtNow({ ...current, definition })),
  };
}

/** Our copies are mapped again then: the source has nothing new to say. */
const isMappingAlone = ({ mapping: _, ...before }: SourceDefinition, { mapping: __, ...after }: SourceDefinition): boolean =>
  JSON.stringify(before) === JSON.stringify(after);

/** What of a definition decides what its records are. */
const meaningOf = ({ kind, table, oai, api, attach, classes, paths }: SourceDefinition) => [kind, table, oai, api, attach, classes, paths];

/** A source that is looked at as soon as somebody has time, unless it is paused. */
export function lookedAtNow(current: SourceDocument): Pick<SourceDocument, 'lookAt' | 'due' | 'wanted'> {
  const waits = current.definition.paused === true && current.removing === undefined;
  return { lookAt: 0, due: waits ? Number.MAX_SAFE_INTEGER : 0, wanted: current.wanted + 1 };
}

/** What the settings say of sources is so. A source that they name no longer is paused: its objects stay until it is removed. */
export async function configureSources({ sources }: Pick<Stores, 'sources'>, configured: readonly ConfiguredSource[]): Promise<void> {
  for (const { id, definition } of configured)
    await sources.update(id, (current) => {
      if (!current) return newSource(definition, 'settings');
      const next = redefined(current, definition, 'settings');
      return next === current ? undefined : next;
    });
  for await (const { id, value } of sources.all()) {
    if (value.origin !== 'settings' || configured.some((source) => source.id === id) || value.definition.paused) continue;
    await sources.update(id, (current) => current && redefined(current, { ...current.definition, paused: true }, 'settings'));
  }
}
