import type { AccessTable } from '@vitrine/access/access-table.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { DOWNGRADE_VERSION } from '../domain/presentation-2/downgrade-presentation.ts';
import type { Published, ReadManifest } from '../read-manifest.ts';
import type { Representations } from '../representations.ts';
import { negotiateVersion, type PresentationVersion } from './negotiate-version.ts';
import { sendDocument } from './send-document.ts';
import { type PresentationAnswer, presentationAnswer } from './send-presentation.ts';

/** The addresses of a manifest, with the version that each is of; without one it is negotiated. */
export const MANIFEST_DOORS: readonly (readonly [string, PresentationVersion | undefined])[] = [
  ['/iiif/presentation/3/manifests/:object', 3],
  ['/iiif/presentation/2/manifests/:object', 2],
  ['/iiif/presentation/manifests/:object', undefined],
];

type Deps = { access: AccessTable; readManifest: ReadManifest; represent: Representations };

/**
 * What is answered of a manifest, for whoever may see it.
 *
 * @param only the version that the address is of
 * @throws Problem `object-not-found`, `object-withdrawn`
 */
export type ManifestAnswer = (
  object: string,
  only: PresentationVersion | undefined,
  accept: string | undefined,
) => Promise<PresentationAnswer & { readonly sha256: string }>;

export function manifestAnswer({ access, readManifest, represent }: Deps): ManifestAnswer {
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

  return async (object, only, accept) => {
    const published = await readManifest(object);
    const version = only ?? (await wanted(published, accept));
    return {
      sha256: published.sha256,
      tag: `${published.sha256.slice(0, 32)}${version === 2 ? `-${DOWNGRADE_VERSION}` : ''}`,
      version,
      cacheControl: access.cacheControl('public, max-age=60'),
      body: (encoding) => represent(published, version, encoding),
    };
  };
}

/** A manifest by version; without the number it is negotiated. */
export function manifestRoutes(access: AccessTable, answerOf: ManifestAnswer): readonly ServiceRoute[] {
  return MANIFEST_DOORS.map(([path, only]) => ({
    method: 'GET' as const,
    path,
    handle: async (request, reply) => {
      const object = pathParameter(request, 'object');
      await access.demand(object);
      const { accept } = request.headers;
      return sendDocument(request, reply, presentationAnswer(await answerOf(object, only, accept), accept));
    },
  }));
}
