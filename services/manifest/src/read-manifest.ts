import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { manifestKey } from './manifest-key.ts';
import type { Stores } from './stores.ts';

export type ReadManifest = (object: string) => Promise<{ bytes: Buffer; sha256: string }>;

/** The published bytes. @throws Problem `object-not-found`, `object-withdrawn`, `manifest-rebuilding` */
export function readManifest({ publications }: Stores, blobs: Blobs): ReadManifest {
  return async (object) => {
    const publication = await publications.get(object);
    if (!publication) throw new Problem('object-not-found', { detail: object });
    if (publication.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
    try {
      return { bytes: await blobs.read(manifestKey(publication.sha256)), sha256: publication.sha256 };
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.code === 'blob-missing')
        throw new Problem('manifest-rebuilding', { retryAfter: 2000, cause: thrown });
      throw thrown;
    }
  };
}
