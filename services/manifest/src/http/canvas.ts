import type { AccessTable } from '@vitrine/access/access-table.ts';
import { canvasId } from '@vitrine/contracts/canvas-id.ts';
import { isNode, nodes } from '@vitrine/mapping/json-node.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import { addresses } from '../domain/addresses.ts';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import type { ReadManifest } from '../read-manifest.ts';
import { sendMade } from './send-presentation.ts';

type Deps = { access: AccessTable; readManifest: ReadManifest; publicUrl: string };

/** Ids that manifests hold dereference (Presentation API 3.0, 6.1): a canvas, its annotation page, an annotation on it; a range. Placeholder canvases are in theirs. */
export function canvasRoutes({ access, readManifest, publicUrl }: Deps): readonly ServiceRoute[] {
  const canvas = (request: FastifyRequest) => canvasId(publicUrl, pathParameter(request, 'object'), pathParameter(request, 'image'));
  const doors: readonly (readonly [string, (request: FastifyRequest) => string])[] = [
    ['/iiif/presentation/canvas/:object/:image', canvas],
    ['/iiif/presentation/canvas/:object/:image/page', (request) => `${canvas(request)}/page`],
    [
      '/iiif/presentation/canvas/:object/:image/page/:annotation',
      (request) => `${canvas(request)}/page/${pathParameter(request, 'annotation')}`,
    ],
    [
      '/iiif/presentation/range/:object/:range',
      (request) => addresses(publicUrl).range(pathParameter(request, 'object'), pathParameter(request, 'range')),
    ],
  ];
  return doors.map(([path, idOf]) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const { bytes } = await readManifest(object);
      const found = findById(JSON.parse(String(await bytes())), idOf(request));
      if (!found) throw new Problem('not-found');
      return sendMade(request, reply, { '@context': PRESENTATION_3, ...found }, 3, access.cacheControl('public, max-age=60'));
    },
  }));
}

/** The part of a manifest with the id. */
function findById(whole: unknown, id: string): Record<string, unknown> | undefined {
  if (!isNode(whole)) return undefined;
  for (const item of [...nodes(whole['items']), ...nodes(whole['structures'])]) {
    if (item['id'] === id) return item;
    const within = findById(item, id);
    if (within) return within;
  }
  return undefined;
}
