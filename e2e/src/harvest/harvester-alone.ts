import { createHarvester } from '@vitrine/harvester/service.ts';
import { openStores, type Stores } from '@vitrine/harvester/stores.ts';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { createPublisher } from '@vitrine/platform/events/publisher.ts';
import { createMetrics } from '@vitrine/platform/metrics.ts';
import { closeAdapters, openEmbedded } from '@vitrine/platform/open-embedded.ts';
import { createOutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { runService } from '@vitrine/platform/run-service.ts';
import pino from 'pino';

export type HarvesterAlone = { readonly stores: Stores; readonly adapters: Adapters; close(): Promise<void> };

const TOPIC = 'vitrine.object.v1';

/** Seconds between two looks of a source that is to be ready soon. */
const EVERY = 0.05;

/** A harvester on embedded engines, of one stream on this machine. */
export async function openHarvesterAlone(folder: string, stream: string): Promise<HarvesterAlone> {
  const adapters = await openEmbedded(folder);
  const log = pino({ level: 'silent' });
  const deps = { ...adapters, publish: createPublisher('harvester', adapters), log, now: () => new Date() };
  const outbound = createOutboundHttp({ allowedOrigins: new Set([new URL(stream).origin]), timeout: 3000, atOnce: 8, userAgent: 'test' });
  const service = await createHarvester({
    ...deps,
    outbound,
    instance: 'alone',
    sources: [{ id: 'museum', definition: { addresses: [stream], every: EVERY } }],
    credentials: new Map(),
    interval: EVERY * 1000,
    maxBytes: 2_000_000,
    retryBase: 100,
  });
  const running = await runService(service, { metrics: createMetrics(), deps, retryBase: 100, retryTick: 100 });
  return {
    stores: await openStores(adapters.documents),
    adapters,
    close: async () => {
      await running.stop();
      await outbound.close();
      await closeAdapters(adapters);
    },
  };
}

/** Every object that is there, as it is; of those that are gone nothing, since who came late never saw them. */
export async function objectsOf({ stores }: Pick<HarvesterAlone, 'stores'>, base: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const { id, value } of stores.objects.all())
    if (value.state === 'present')
      lines.push(
        `${id} ${value.address.replace(base, '')} ${value.record.sha256.slice(0, 16)}${value.owedSince === undefined ? '' : ' owed'}`,
      );
  return lines.sort();
}

/** What the bus says of each object, by its last event, where that is not what the store says: nothing, if all is well (R3). */
export async function untold({ stores, adapters }: Pick<HarvesterAlone, 'stores' | 'adapters'>): Promise<string[]> {
  const last = new Map<string, string>();
  // Offsets have gaps where compaction took what a later record replaced: a group that never read has all that is left before it.
  let left = await adapters.bus.lag('untold', TOPIC);
  for (let offset = 1; left > 0; offset++) {
    const record = await adapters.bus.read(TOPIC, { partition: 0, offset });
    if (!record) continue;
    left--;
    const { object, revision }: { object: string; revision: number } = JSON.parse(record.value);
    last.set(object, `${String(record.headers['ce_type']) === 'object.withdrawn' ? 'withdrawn' : 'present'}@${revision}`);
  }
  const wrong: string[] = [];
  for await (const { id, value } of stores.objects.all()) {
    const said = last.get(id);
    if (said !== `${value.state}@${value.revision}`) wrong.push(`${id} is ${value.state}@${value.revision}, its last event says ${said}`);
  }
  return wrong;
}
