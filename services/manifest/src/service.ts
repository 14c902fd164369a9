import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { createOutcomes } from '@vitrine/platform/events/outcomes.ts';
import { openLeases } from '@vitrine/platform/leases.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { createWake } from '@vitrine/platform/wake.ts';
import { assembleManifest } from './assemble-manifest.ts';
import { deliverWebhooks } from './changes/deliver-webhooks.ts';
import { readChanges } from './changes/read-changes.ts';
import { customCollections } from './custom/custom-collections.ts';
import { followPublicUrl } from './follow-public-url.ts';
import { onImageChanged } from './handlers/image-changed.ts';
import { onObjectHarvested } from './handlers/object-harvested.ts';
import { onObjectWithdrawn } from './handlers/object-withdrawn.ts';
import { onTextChanged } from './handlers/text-changed.ts';
import { canvasRoutes } from './http/canvas.ts';
import { changeStreamRoutes } from './http/change-stream.ts';
import { changeRoutes } from './http/changes.ts';
import { collectionRoutes } from './http/collection.ts';
import { customCollectionRoutes } from './http/custom-collections.ts';
import { manifestAnswer, manifestRoutes } from './http/manifest.ts';
import { objectRoutes } from './http/objects.ts';
import { pdfRoute } from './http/pdf.ts';
import { manifestPreviewRoute } from './http/preview.ts';
import { quickManifests } from './http/quick-manifests.ts';
import { renderingRoutes } from './http/rendering.ts';
import { versionRoutes } from './http/versions.ts';
import { webhookRoutes } from './http/webhooks.ts';
import { keepMemberships } from './keep-memberships.ts';
import { makeManifest } from './make-manifest.ts';
import { migrations } from './migrations.ts';
import { movedManifests } from './moved-manifests.ts';
import { publishOverdue } from './publish-overdue.ts';
import { createManifestPublisher } from './publisher.ts';
import { readCollection } from './read-collection.ts';
import { readManifest } from './read-manifest.ts';
import { representations } from './representations.ts';
import { openStores } from './stores.ts';
import { appendToStream } from './stream/append-to-stream.ts';
import { keepStream } from './stream/keep-stream.ts';

/** Milliseconds for which a replica keeps the stream to itself without a word. */
const LEASE = 15_000;

export type ManifestDeps = ServiceDeps & {
  /** The name of this replica: one that died and is back writes the stream at once. */
  instance: string;
  publicUrl: string;
  accessMode: AccessMode;
  outbound: Pick<OutboundHttp, 'post'>;
  /** Milliseconds that a manifest waits for the images of its object. */
  wait: number;
  /** The file of the addresses that manifests had before. */
  moved?: string;
};

export async function createManifestService(deps: ManifestDeps): Promise<Service> {
  const { documents, blobs, publicUrl } = deps;
  const stores = await openStores(documents);
  const access = await openAccessTable('manifest', documents, deps.accessMode);
  const wake = createWake();
  const leases = await openLeases('manifest', documents, deps.instance, () => deps.now().getTime(), LEASE);
  const read = readManifest(stores, blobs);
  const answerOf = manifestAnswer({ access, readManifest: read, represent: representations(publicUrl) });
  const quick = quickManifests(stores, access, answerOf);
  const make = makeManifest(blobs);
  const assemble = assembleManifest({
    ...deps,
    stores,
    make,
    keepMemberships: keepMemberships(stores),
    publisher: createManifestPublisher(stores, { ...deps, wakeStream: wake.ring, changed: quick.forget }),
  });
  const outcome = createOutcomes('manifest', deps);
  const changes = readChanges(stores, deps.now);
  const following = changeRoutes({ access, changes, now: deps.now });
  const custom = customCollections({ stores, access, readManifest: read, publicUrl });
  return {
    name: 'manifest',
    routes: [
      ...manifestRoutes(access, answerOf),
      ...collectionRoutes({ access, read: readCollection({ stores, custom, access, publicUrl, now: deps.now }), custom, publicUrl }),
      ...customCollectionRoutes({ stores, collections: custom, publicUrl }),
      ...objectRoutes({ access, stores, publicUrl }),
      manifestPreviewRoute({ stores, make, readManifest: read, publicUrl }),
      ...renderingRoutes({ access, stores, blobs }),
      pdfRoute({ access, stores, blobs, readManifest: read }),
      ...versionRoutes({ access, stores, blobs, publicUrl }),
      ...following.routes,
      ...webhookRoutes({ stores, changes }),
      ...changeStreamRoutes({ access, stores, publicUrl }),
      ...canvasRoutes({ access, readManifest: read, publicUrl }),
    ],
    quickDoor: quick.door,
    endStreams: following.end,
    ...(deps.moved === undefined ? {} : { moved: await movedManifests(deps.moved) }),
    subscriptions: [
      {
        group: 'manifest',
        // Most of the time of a publication is waiting for the disk or the store that takes its bytes.
        concurrency: 64,
        recordsOutcomes: true,
        handlers: [
          onObjectHarvested(stores, assemble),
          onObjectWithdrawn(stores, assemble),
          ...onImageChanged(stores, assemble),
          ...onTextChanged(stores),
          ...access.handlers,
        ],
      },
    ],
    migrations,
    tasks: [
      (signal) =>
        keepStream(
          { append: appendToStream({ stores, publicUrl, now: deps.now, told: changes.told }), now: deps.now, leases, woken: wake.rung },
          signal,
        ),
      (signal) => deliverWebhooks({ stores, access, changes, outbound: deps.outbound, leases, outcome, now: deps.now }, signal),
      (signal) => followPublicUrl(stores, assemble, publicUrl, signal),
      (signal) => publishOverdue(stores, assemble, { now: deps.now, outcome }, signal),
    ],
    dropDerived: async () => {
      await stores.assemblies.drop();
      await stores.images.drop();
      await stores.texts.drop();
      await stores.collections.drop();
      await stores.memberships.drop();
      await stores.members.drop();
      // The bytes of manifests stay: what is published now is an earlier version once the rebuild gives another.
    },
    close: async () => {},
  };
}
