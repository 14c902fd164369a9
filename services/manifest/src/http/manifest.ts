import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { DOWNGRADE_VERSION } from '../domain/presentation-2/downgrade-presentation.ts';
import type { Published, ReadManifest } from '../read-manifest.ts';
import type { Representations } from '../representations.ts';
import { negotiateVersion, type PresentationVersion } from './negotiate-version.ts';
import type { QuickManifests } from './quick-manifests.ts';
import { sendPresentation } from './send-presentation.ts';

type Deps = { access: AccessTable; readManifest: ReadManifest; represent: Representations; quick: QuickManifests; base: string };

/** A manifest by version; without the number it is negotiated. */
export function manifestRoutes({ access, readManifest, represent, quick, base }: Deps): readonly ServiceRoute[] {
  const doors: readonly (readonly [string, PresentationVersion | undefined])[] = [
    ['/iiif/presentation/3/manifests/:object', 3],
    ['/iiif/presentation/2/manifests/:object', 2],
    ['/iiif/presentation/manifests/:object', undefined],
  ];

  /** 6.3: who would take another version is given the newest where 2.1 can show nothing. */
  async function wanted(published: Published, accept: string | undefined): Promise<PresentationVersion> {
    if (negotiateVersion(accept) === 3) return 3;
    try {
      await represent(published, 2, 'identity');
      return 2;
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'not-in-presentation-2') return 3;
      throw thrown;
    }
  }

  return doors.map(([path, only]) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const published = await readManifest(object);
      const version = only ?? (await wanted(published, request.headers.accept));
      return sendPresentation(request, reply, {
        tag: `${published.sha256.slice(0, 32)}${version === 2 ? `-${DOWNGRADE_VERSION}` : ''}`,
        version,
        cacheControl: access.cacheControl('public, max-age=60'),
        body: (encoding) => represent(published, version, encoding),
        sent: (headers, bytes) => {
          const { accept, 'accept-encoding': encoding } = request.headers;
          const whole = { 'x-content-type-options': 'nosniff', 'access-control-allow-origin': '*', ...headers };
          const asked = { accept, encoding: encoding === undefined ? undefined : String(encoding) };
          quick.keep(request.url.slice(base.length), asked, { object, sha256: published.sha256, route: path, headers: whole, body: bytes });
        },
      });
    },
  }));
}
