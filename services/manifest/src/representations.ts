import { isNode } from '@vitrine/mapping/json-node.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import { type Body, compressed, isWorthCompressing } from './compressed-body.ts';
import { downgradeManifest } from './domain/presentation-2/downgrade-presentation.ts';
import type { Encoding } from './http/accepted-encoding.ts';
import type { PresentationVersion } from './http/negotiate-version.ts';
import type { Published } from './read-manifest.ts';

/** Bytes of bodies kept ready, in every version and encoding together. */
const KEPT = 64 * 1024 * 1024;

export type Representations = (published: Published, version: PresentationVersion, encoding: Encoding) => Promise<Body>;

/** Published manifests in the forms in which they are asked for: made once, and kept in memory while there is room. */
export function representations(publicUrl: string): Representations {
  const kept = new LRUCache<string, Promise<Buffer>>({ max: 50_000, maxSize: KEPT, sizeCalculation: () => 1 });

  function once(key: string, make: () => Promise<Buffer>): Promise<Buffer> {
    const known = kept.get(key);
    if (known) return known;
    const made = make();
    kept.set(key, made, { size: 1 });
    made.then(
      ({ length }) => kept.set(key, made, { size: Math.max(1, length) }),
      () => kept.delete(key),
    );
    return made;
  }

  const whole = ({ bytes, sha256 }: Published, version: PresentationVersion): Promise<Buffer> =>
    once(`${sha256}/${version}`, async () => (version === 3 ? bytes() : inPresentation2(await bytes(), publicUrl)));

  return async (published, version, encoding) => {
    const plain = await whole(published, version);
    if (encoding === 'identity' || !isWorthCompressing(plain)) return { bytes: plain, encoding: 'identity' };
    return { bytes: await once(`${published.sha256}/${version}/${encoding}`, () => compressed(plain, encoding)), encoding };
  };
}

/** @throws Problem `not-in-presentation-2` where 2.1 can show nothing of it */
function inPresentation2(bytes: Buffer, publicUrl: string): Buffer {
  const manifest: unknown = JSON.parse(String(bytes));
  const { document } = downgradeManifest(isNode(manifest) ? manifest : {}, publicUrl);
  if (!document) throw new Problem('not-in-presentation-2');
  return Buffer.from(JSON.stringify(document));
}
