import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { demandPublished } from './demand-published.ts';
import { manifestKey } from './manifest-key.ts';
import type { Stores } from './stores.ts';

/** What is published of an object, its bytes when they are wanted. */
export type Published = { readonly sha256: string; readonly bytes: () => Promise<Buffer> };

export type ReadManifest = (object: string) => Promise<Published>;

/** @throws Problem `object-not-found`, `object-withdrawn`; of its bytes `manifest-rebuilding` */
export function readManifest(stores: Pick<Stores, 'publications'>, blobs: Blobs): ReadManifest {
  return async (object) => {
    const { sha256 } = await demandPublished(stores, object);
    return { sha256, bytes: () => manifestBytes(blobs, sha256) };
  };
}

/** @throws Problem `manifest-rebuilding` where what is derived was dropped and is being made again */
export async function manifestBytes(blobs: Blobs, sha256: string): Promise<Buffer> {
  try {
    return await blobs.read(manifestKey(sha256));
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === 'blob-missing')
      throw new Problem('manifest-rebuilding', { retryAfter: 2000, cause: thrown });
    throw thrown;
  }
}
