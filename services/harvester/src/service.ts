import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { createOutcomes, failure } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { openLeases } from '@vitrine/platform/leases.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { sleep } from '@vitrine/platform/sleep.ts';
import { createWake } from '@vitrine/platform/wake.ts';
import { announceObject } from './announce-object.ts';
import { attachImage } from './attach/attach-image.ts';
import { openAttachments } from './attach/attachments.ts';
import { reattach } from './attach/reattach.ts';
import { type ConfiguredSource, configureSources } from './configure-sources.ts';
import { type Credentials, headersFor, storeOf } from './credentials.ts';
import { type Derivations, deriveObject, foreseeObject } from './derive-object.ts';
import { sourceSettings } from './domain/source-settings.ts';
import { fetchDocument } from './fetch-document.ts';
import { openRecordParts } from './gather-parts.ts';
import { harvestRecord } from './harvest-record.ts';
import { type HarvestSource, harvestSource, type SourceContext } from './harvest-source.ts';
import { discoverRoute } from './http/discover.ts';
import { idsRoute } from './http/ids.ts';
import { inboxRoute } from './http/inbox.ts';
import { previewRoute } from './http/preview.ts';
import { provenanceRoute } from './http/provenance.ts';
import { runRoutes } from './http/runs.ts';
import { sourceRoutes } from './http/sources.ts';
import { unmatchedRoute } from './http/unmatched.ts';
import { includeRecord } from './include-record.ts';
import { mappedRecords } from './mapped-records.ts';
import { migrations } from './migrations.ts';
import { objectProvenance } from './object-provenance.ts';
import { objectWriter } from './object-writer.ts';
import { openKind } from './open-kind.ts';
import { ownMapper } from './own-mapping/own-mapper.ts';
import { pacedFetch } from './paced-fetch.ts';
import { pendingRecords } from './pending-records.ts';
import { previewMapping } from './preview-mapping.ts';
import { remapOutdated } from './remap-outdated.ts';
import { remapRecords } from './remap-records.ts';
import { removeSource } from './remove-source.ts';
import { replaySource } from './replay-source.ts';
import { openStores, type SourceDocument } from './stores.ts';
import { takeAwayOf } from './take-away.ts';
import { tendSource } from './tend-source.ts';
import { tendSources } from './tend-sources.ts';
import type { Walk } from './walk.ts';
import { withdrawalsOf } from './withdrawals.ts';

const LEASE = 30_000;
const SWEEP = 60_000;
/** Milliseconds between two looks for sources that are due. */
const TICK = 1000;

export type HarvesterDeps = ServiceDeps & {
  outbound: OutboundHttp;
  /** The name of this replica: one that died and is back has its leases at once. */
  instance: string;
  sources: readonly ConfiguredSource[];
  credentials: Credentials;
  /** Milliseconds between two looks at a source that doesn't say. */
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
  const mapper = ownMapper();
  // What is tried out holds up no harvest.
  const trier = ownMapper();
  const wake = createWake();
  const records = mappedRecords(deps.blobs, mapper);
  const announce = announceObject(stores, { ...deps, records });
  const owed = { instance: deps.instance, now };
  const pending = pendingRecords(stores, now, deps.retryBase);
  const writer = objectWriter(stores, owed, announce);
  const parts = openRecordParts(stores);
  const attachments = openAttachments({ stores, now });
  const objectsBy = (own: string | undefined): Derivations => ({
    derive: deriveObject({ stores, blobs: deps.blobs, records, writer, attachments, own }),
    foresee: foreseeObject({ blobs: deps.blobs, records, own }),
  });
  const takeAway = takeAwayOf({ stores, writer, attachments });
  const withdrawals = withdrawalsOf({ stores, takeAway, outcome, now });
  /** What is made of a source's records: objects, or images of another source's objects. */
  const derivationsOf = (source: string, { definition: { attach, mapping } }: SourceDocument): Derivations =>
    attach ? attachImage(source, attach, { blobs: deps.blobs, attachments }) : objectsBy(mapping);
  const settingsOf = ({ definition }: SourceDocument) => sourceSettings(definition, interval);

  const remove = (walk: Walk, how: 'withdraw' | 'keep') => removeSource(walk, how, { stores, takeAway, attachments });

  async function tend(source: string, signal: AbortSignal): Promise<void> {
    await prepared();
    const document = await stores.sources.get(source);
    if (!document) return;
    const { credential, pause } = settingsOf(document);
    const held = credential === undefined ? undefined : deps.credentials.get(credential);
    const headers = headersFor(held);
    const fetch = pacedFetch(fetchDocument(outbound, deps.maxBytes, headers), pause, clock);
    const derivations = derivationsOf(source, document);
    const { derive } = derivations;
    const replay = (context: SourceContext, run: string) =>
      replaySource(context, run, { stores, derivations, withdrawals, announce, outcome, now });
    const remap = (walk: Walk) => remapRecords(walk, { stores, withdrawals, derive, outcome, now });
    const again = (walk: Walk, mark: string) => reattach(walk, mark, { stores, derive, outcome, now });
    const include = includeRecord({ ...deps, stores, fetch, derive, parts });
    const harvest = harvestRecord({ stores, include, withdrawals, pending, parts, outcome, now });
    // A definition that can't be carried out is a fault of the look, and told as one.
    const look: HarvestSource = async (context) => {
      const kind = openKind(document.definition, { fetch, now, maxBytes: deps.maxBytes, store: storeOf(held) });
      return harvestSource({ stores, blobs: deps.blobs, kind, harvest, withdrawals, outcome, now })(context);
    };
    await tendSource(
      source,
      {
        ...deps,
        stores,
        leases,
        leaseFor: LEASE,
        settingsOf,
        look,
        harvest,
        withdrawals,
        pending,
        outcome,
        replay,
        remap,
        reattach: again,
        remove,
      },
      signal,
    );
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

  /** Publishes what was written and not published: what this replica left, or what somebody who died left. */
  async function publishOwed(where: { field: string; equals: string } | { field: string; atMost: number }): Promise<void> {
    for await (const { id } of stores.objects.all({ where })) await announceOrReport(id, {});
  }

  // Before any walk begins, and not before the server answers: what this replica left behind it can't be at.
  async function prepare(): Promise<void> {
    await configureSources(stores, deps.sources);
    await publishOwed({ field: 'owedBy', equals: deps.instance });
    await remapOutdated({ stores, records, owed, announce, report });
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
      await publishOwed({ field: 'owedSince', atMost: clock() - SWEEP });
      await sleep(SWEEP, signal);
    }
  }

  return {
    name: 'harvester',
    routes: [
      ...sourceRoutes({
        stores,
        isConfigured: (source) => deps.sources.some(({ id }) => id === source),
        credentials: deps.credentials,
        wake: wake.ring,
      }),
      ...runRoutes({ stores, now }),
      previewRoute({ stores, preview: previewMapping({ stores, blobs: deps.blobs, records: mappedRecords(deps.blobs, trier), now }) }),
      provenanceRoute(objectProvenance({ stores, blobs: deps.blobs, mapper: trier, now })),
      unmatchedRoute(stores),
      inboxRoute(stores, wake.ring),
      discoverRoute(fetchDocument(outbound, deps.maxBytes)),
      idsRoute(stores),
    ],
    migrations,
    subscriptions: [],
    tasks: [sweep, tendSources({ stores, now, log: deps.log, tick: Math.min(TICK, interval), wake, tend })],
    emitAgain: async (replay) => {
      for await (const { id } of stores.objects.all()) await announceOrReport(id, { replay });
    },
    close: async () => {
      await Promise.all([mapper.close(), trier.close()]);
    },
  };
}
