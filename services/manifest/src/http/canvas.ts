import type { AccessTable } from '@vitrine/access/access-table.ts';
import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import { isNode, nodes } from '@vitrine/mapping/json-node.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { PRESENTATION_3 } from '../domain/build-manifest.ts';
import type { ReadManifest } from '../read-manifest.ts';
import { sendPresentation } from './json-reply.ts';

type Deps = { access: AccessTable; readManifest: ReadManifest; publicUrl: string };

/** The ids that manifests hold dereference (Presentation API 3.0, 6.1): a canvas, its annotation page, the annotation on it. */
export function canvasRoutes({ access, readManifest, publicUrl }: Deps): readonly ServiceRoute[] {
  return ['', '/page', '/page/painting'].map((below) => ({
    method: 'GET' as const,
    path: `/iiif/presentation/canvas/:object/:image${below}`,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const { bytes } = await readManifest(object);
      const id = `${canvasId(publicUrl, object, pathParameter(request, 'image'))}${below}`;
      const found = findById(JSON.parse(String(bytes)), id);
      if (!found) throw new Problem('not-found');
      const body = Buffer.from(JSON.stringify({ '@context': PRESENTATION_3, ...found }));
      return sendPresentation(request, reply, body, sha256(body), access.cacheControl('public, max-age=60'));
    },
  }));
}

/** The part with the id; only parts whose own id begins it can hold it. */
function findById(whole: unknown, id: string): Record<string, unknown> | undefined {
  if (!isNode(whole)) return undefined;
  for (const item of nodes(whole['items'])) {
    if (item['id'] === id) return item;
    const within = findById(item, id);
    if (within) return within;
  }
  return undefined;
}
