import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { createOutcomes, failure } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { openIntents } from '@vitrine/platform/intents.ts';
import { openLeases } from '@vitrine/platform/leases.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { announceObject } from './announce-object.ts';
import type { ConfiguredSource } from './domain/source-address.ts';
import { fetchDocument } from './fetch-document.ts';
import { harvestRecord } from './harvest-record.ts';
import { harvestSource } from './harvest-source.ts';
import { idsRoute } from './http/ids.ts';
import { sourcesRoute } from './http/sources.ts';
import { pendingRecords } from './pending-records.ts';
import { remapOutdated } from './remap-outdated.ts';
import { openStores } from './stores.ts';
import { tendSource } from './tend-source.ts';

const LEASE = 30_000;
const SWEEP = 60_000;

export type HarvesterDeps = ServiceDeps & {
  outbound: OutboundHttp;
  /** The name of this replica: one that died and is back has its leases at once. */
  instance: string;
  sources: readonly ConfiguredSource[];
  /** Milliseconds between two looks at a source. */
  interval: number;
  maxBytes: number;
  /** Milliseconds before a record whose source failed is asked for again; doubles. */
  retryBase: number;
};

export async function createHarvester(deps: HarvesterDeps): Promise<Service> {
  const { documents, outbound, now, interval } = deps;
  const clock = () => now().getTime();
  const stores = await openStores(documents);
  const leases = await openLeases('harvester', documents, deps.instance, clock, LEASE);
  const outcome = createOutcomes('harvest', deps);
  const announce = announceObject(stores, deps);
  const intents = await openIntents('harvester', documents, deps.instance, clock, (object) => announceOrReport(object, {}));
  const fetch = fetchDocument(outbound, deps.maxBytes);
  const pending = pendingRecords(stores, now, deps.retryBase);
  const harvest = harvestRecord({ ...deps, stores, fetch, intents, announce, outcome, postpone: pending.postpone });
  const look = harvestSource({ stores, fetch, harvest, outcome, now });

  for (const { id, address } of deps.sources) {
    await stores.sources.update(id, (current) => (current?.address === address ? undefined : { runs: 0, ...current, address }));
  }

  // One raw copy that is missing is one object's failure: it holds up neither the start nor any other object.
  async function announceOrReport(object: string, cause: Cause): Promise<void> {
    await report(object, () => announce(object, cause));
  }

  async function report(object: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.fault === 'infrastructure') throw thrown;
      await outcome(object, now(), failure(problem));
    }
  }

  // Before any walk begins, and not before the server answers: what this replica left behind it can't be at.
  async function prepare(): Promise<void> {
    await intents.sweep('own');
    await remapOutdated({ stores, blobs: deps.blobs, intents, announce, report });
  }
  let preparing: Promise<void> | undefined;
  const prepared = () => {
    preparing ??= prepare().catch((thrown: unknown) => {
      preparing = undefined;
      throw thrown;
    });
    return preparing;
  };

  async function sweep(signal: AbortSignal): Promise<void> {
    await prepared();
    while (!signal.aborted) {
      await intents.sweep('abandoned');
      await sleep(SWEEP, signal);
    }
  }

  return {
    name: 'harvester',
    routes: [sourcesRoute(stores), idsRoute(stores)],
    subscriptions: [],
    tasks: [
      sweep,
      ...deps.sources.map(({ id }) => async (signal: AbortSignal) => {
        await prepared();
        await tendSource(id, { ...deps, stores, leases, leaseFor: LEASE, interval, look, pending, harvest, outcome }, signal);
      }),
    ],
    emitAgain: async (replay) => {
      for await (const { id } of stores.objects.all()) await announceOrReport(id, { replay });
    },
    close: async () => {},
  };
}
