import { openAccessTable } from '@vitrine/access/access-table.ts';
import type { AccessMode } from '@vitrine/access/decide-access.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import type { Service } from '@vitrine/platform/service.ts';
import { DecodeLane } from './decode-lane.ts';
import { findImage } from './find-image.ts';
import { onImageChanged, onImageHeard } from './handlers/image-changed.ts';
import { infoRoutes } from './http/info.ts';
import { pixelsRoute } from './http/pixels.ts';
import { pyramidReader } from './pyramid-reader.ts';
import { servableTable } from './servable-table.ts';
import { openStores } from './stores.ts';

export type ImageDeps = ServiceDeps & {
  publicUrl: string;
  accessMode: AccessMode;
  /** Largest answer, in pixels. */
  maxArea: number;
  decodes: number;
};

export async function createImageService(deps: ImageDeps): Promise<Service> {
  const { documents, publicUrl, maxArea } = deps;
  const stores = await openStores(documents);
  const access = await openAccessTable('image', documents, deps.accessMode);
  const table = servableTable(stores, () => deps.now().getTime());
  const find = findImage(table, access);
  const openPyramid = pyramidReader(deps.blobs);
  const lane = new DecodeLane(deps.decodes);
  return {
    name: 'image',
    routes: [...infoRoutes({ find, access, publicUrl, maxArea }), pixelsRoute({ find, access, openPyramid, lane, publicUrl, maxArea })],
    subscriptions: [
      { group: 'image', concurrency: 16, recordsOutcomes: true, handlers: [...onImageChanged(stores, table), ...access.handlers] },
      { group: 'image-memory', concurrency: 16, recordsOutcomes: false, broadcast: true, handlers: onImageHeard(table) },
    ],
    tasks: [(signal) => table.preload(signal)],
    dropDerived: () => stores.images.drop(),
    close: async () => {},
  };
}
