import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { asPresentation3 } from '@vitrine/mapping/iiif/as-presentation-3.ts';
import { isNode } from '@vitrine/mapping/json-node.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { buildManifest } from './domain/build-manifest.ts';
import type { MadeManifest, ManifestInput } from './domain/made-manifest.ts';
import { republishManifest } from './domain/republish-manifest.ts';

export type MakeManifest = (input: ManifestInput, given: BlobRef | undefined) => Promise<MadeManifest>;

/** A manifest of an object: its source's own, published again, where it has one. */
export function makeManifest(blobs: Blobs): MakeManifest {
  return async (input, given) => {
    if (!given) return buildManifest(input);
    const document: unknown = JSON.parse(String(await blobs.read(given.key)));
    return republishManifest(input, asPresentation3(isNode(document) ? document : {}));
  };
}
