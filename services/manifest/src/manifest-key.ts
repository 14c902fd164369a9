import { contentKey } from '@vitrine/platform/blobs/content-key.ts';

/** Where the bytes of a manifest lie: by their content, so that an equal rebuild writes nothing new. */
const MANIFEST_PREFIX = 'manifest/3';

export function manifestKey(hash: string): string {
  return contentKey(MANIFEST_PREFIX, hash, '.json');
}
