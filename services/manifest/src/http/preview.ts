import { ManifestPreview } from '@vitrine/contracts/mapping-preview.ts';
import type { MuseumImage } from '@vitrine/contracts/museum-object.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { documentDifferences } from '../domain/document-differences.ts';
import { presentationFaults } from '../domain/gate/presentation-faults.ts';
import { isReady } from '../domain/readiness.ts';
import { expandPages } from '../expand-pages.ts';
import type { MakeManifest } from '../make-manifest.ts';
import type { ReadManifest } from '../read-manifest.ts';
import type { ImageFacts, Stores } from '../stores.ts';

/** Where nothing is known of an image. Its version is one that no pixels have. */
const ASSUMED = { width: 1000, height: 1000, version: '0000000000' };

type Deps = { stores: Pick<Stores, 'images'>; make: MakeManifest; readManifest: ReadManifest; publicUrl: string };

/** The manifest that an object would have, what the gate says of it, and how it differs from the one that is published. Nothing is stored. */
export function manifestPreviewRoute({ stores: { images }, make, readManifest, publicUrl }: Deps): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/manifests/preview',
    handle: async (request, reply) => {
      const { object, museumObject, given } = parseBody(ManifestPreview, request.body);
      const pages = await expandPages(museumObject.images, (ids) => images.getMany(ids));
      const known = await images.getMany(pages.map(({ id }) => id));
      const assumed = pages.filter((_, place) => !isReady(known[place]));
      const factsOf = (image: MuseumImage, fact: ImageFacts | undefined) => (fact && isReady(fact) ? fact : assumedFacts(object, image));
      const facts = new Map(pages.map((image, place) => [image.id, factsOf(image, known[place])]));
      const made = await make({ publicUrl, object, museumObject: { ...museumObject, images: pages }, facts }, given);
      // As its readers would get it.
      const manifest: unknown = JSON.parse(JSON.stringify(made.document));
      const published = await readManifest(object)
        .then(({ bytes }) => bytes())
        .catch((thrown: unknown) => {
          if (thrown instanceof Problem && thrown.fault === 'request') return undefined;
          throw thrown;
        });
      reply.code(200).header('cache-control', 'private, no-store');
      return {
        manifest,
        faults: presentationFaults(manifest),
        assumed: assumed.map(({ id }) => id),
        ...(published ? { differences: documentDifferences(JSON.parse(String(published)), manifest) } : {}),
      };
    },
  };
}

function assumedFacts(object: string, { width = ASSUMED.width, height = ASSUMED.height }: MuseumImage): ImageFacts {
  return { object, revision: 0, state: 'converted', width, height, version: ASSUMED.version, levels: [{ width, height }] };
}
