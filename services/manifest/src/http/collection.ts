import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { JsonNode } from '@vitrine/mapping/json-node.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { CustomCollections } from '../custom/custom-collections.ts';
import { PRESENTATION_3 } from '../domain/made-manifest.ts';
import { downgradeCollection } from '../domain/presentation-2/downgrade-collection.ts';
import type { readCollection } from '../read-collection.ts';
import { negotiateVersion, type PresentationVersion } from './negotiate-version.ts';
import { sendMade } from './send-presentation.ts';

type Deps = { access: AccessTable; read: ReturnType<typeof readCollection>; custom: CustomCollections; publicUrl: string };

/** A collection, and the manifest of one that people made, by version; without the number it is negotiated. */
export function collectionRoutes({ access, read, custom, publicUrl }: Deps): readonly ServiceRoute[] {
  const doors: readonly (readonly [string, PresentationVersion | undefined])[] = [
    ['3/', 3],
    ['2/', 2],
    ['', undefined],
  ];
  const whenOpen = 'public, max-age=60';
  const collection = async (name: string, version: PresentationVersion) => {
    const found = await read(name, version);
    return found && version === 2 ? downgradeCollection(found, publicUrl) : found?.collection;
  };
  const answered = (
    path: string,
    only: PresentationVersion | undefined,
    find: (name: string, version: PresentationVersion) => Promise<JsonNode | undefined>,
  ): ServiceRoute => ({
    method: 'GET',
    path,
    handle: async (request, reply) => {
      const version = only ?? negotiateVersion(request.headers.accept);
      const document = await find(pathParameter(request, 'collection'), version);
      if (!document) throw new Problem('not-found');
      return sendMade(request, reply, document, version, access.cacheControl(whenOpen));
    },
  });
  return [
    ...doors.flatMap(([path, only]) => [
      answered(`/iiif/presentation/${path}collections/:collection`, only, collection),
      answered(`/iiif/presentation/${path}custom/:collection`, only, custom.manifest),
    ]),
    {
      method: 'GET',
      path: '/iiif/presentation/region/:collection/:region',
      handle: async (request, reply) => {
        const canvas = await custom.canvas(pathParameter(request, 'collection'), pathParameter(request, 'region'));
        if (!canvas) throw new Problem('not-found');
        return sendMade(request, reply, { '@context': PRESENTATION_3, ...canvas }, 3, access.cacheControl(whenOpen));
      },
    },
  ];
}
