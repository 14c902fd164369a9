import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import { BufferPool } from './buffer-pool.ts';
import { clientBudget } from './client-budget.ts';
import { decodedTiles } from './decoded-tiles.ts';
import { type DiskCacheOptions, diskCache } from './disk-cache.ts';
import type { Limits } from './domain/limits.ts';
import { findImage } from './find-image.ts';
import { onImageChanged, onImageHeard } from './handlers/image-changed.ts';
import { infoRoutes } from './http/info.ts';
import { pixelsRoute } from './http/pixels.ts';
import { quickDoor } from './http/quick-door.ts';
import { infoDocuments } from './info-documents.ts';
import { jp2Codec } from './jp2/jp2-codec.ts';
import { type MovedOptions, movedImages } from './moved-images.ts';
import { openPyramids } from './open-pyramids.ts';
import { preferTiles } from './prefer-tiles.ts';
import { reportDamage } from './report-damage.ts';
import { resultCache } from './result-cache.ts';
import { servableTable } from './servable-table.ts';
import { openStores } from './stores.ts';

export type ImageDeps = ServiceDeps & {
  publicUrl: string;
  accessMode: AccessMode;
  limits: Limits;
  admission: AdmissionOptions;
  /** Bytes of answers that are kept, and of decoded tiles. */
  cacheBytes: number;
  tileCacheBytes: number;
  /** Answers that were made are kept there too. */
  diskCache?: Pick<DiskCacheOptions, 'folder' | 'bytes'>;
  /** What the answers to one client may cost a minute, in pixels decoded and made; 0 is no limit. */
  clientPixels: number;
  /** The addresses that images had before they were ours. */
  moved?: MovedOptions;
};

/** Bytes of buffers that are kept to be used again. */
const POOL = 16 * 1024 * 1024;

/** How much of the cache is for answers as they are sent, head and all: most are stored tiles, which storage has at hand anyway. */
const WIRE_SHARE = 1 / 3;

export async function createImageService(deps: ImageDeps): Promise<Service> {
  const { documents: store, publicUrl, limits } = deps;
  const wireBytes = Math.floor(deps.cacheBytes * WIRE_SHARE);
  const stores = await openStores(store);
  const access = await openAccessTable('image', store, deps.accessMode);
  const now = () => deps.now().getTime();
  const disk = deps.diskCache && diskCache({ ...deps.diskCache, log: deps.log, now });
  const table = servableTable(stores, now, (derivative) => void disk?.forget(derivative));
  const find = findImage(table, access);
  const pyramids = openPyramids(deps.blobs);
  const documents = infoDocuments({ access, publicUrl, limits });
  const jp2 = jp2Codec();
  const tools = {
    tiles: decodedTiles(deps.tileCacheBytes, new BufferPool(POOL)),
    jp2,
    admission: new Admission(deps.admission),
    results: resultCache(deps.cacheBytes - wireBytes, disk),
    budget: clientBudget(deps.clientPixels, now),
    blobs: deps.blobs,
  };
  const damaged = reportDamage(deps.publish, pyramids, deps.log);
  await preferTiles();
  const moved = deps.moved && (await movedImages(deps.moved));
  return {
    name: 'image',
    routes: ([3, 2] as const).flatMap((api) => [
      ...infoRoutes(api, { find, access, documents, publicUrl }),
      pixelsRoute(api, { find, access, pyramids, tools, damaged, publicUrl, limits }),
    ]),
    quickDoor: quickDoor({ find, access, pyramids, documents, results: tools.results, publicUrl, limits, bytes: wireBytes }),
    ...(moved ? { moved } : {}),
    subscriptions: [
      { group: 'image', concurrency: 16, recordsOutcomes: true, handlers: [...onImageChanged(stores, table), ...access.handlers] },
      { group: 'image-memory', concurrency: 16, recordsOutcomes: false, broadcast: true, handlers: onImageHeard(table) },
    ],
    tasks: [(signal) => table.preload(signal)],
    dropDerived: () => stores.images.drop(),
    close: async () => {
      pyramids.close();
      await jp2.close();
    },
  };
}
