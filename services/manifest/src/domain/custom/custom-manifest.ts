import type { CustomCollection } from '@vitrine/contracts/custom-collection.ts';
import { type JsonNode, nodes, text, texts } from '@vitrine/mapping/json-node.ts';
import { addresses } from '../addresses.ts';
import { PRESENTATION_3, SEARCH_2 } from '../made-manifest.ts';
import { chosenCanvases } from './chosen-canvases.ts';

/**
 * The canvases that a person chose, as one manifest (Presentation API 3.0, 5.2). What is chosen twice is there once.
 *
 * @param manifests as they are published, by object; one that is missing is not shown
 * @returns undefined where nothing is left to show
 */
export function customManifest(
  publicUrl: string,
  slug: string,
  { label, summary, items }: CustomCollection,
  manifests: ReadonlyMap<string, JsonNode>,
): JsonNode | undefined {
  const at = addresses(publicUrl);
  const canvases = new Map<string, JsonNode>();
  const contexts = new Set<string>();
  for (const item of items) {
    const manifest = manifests.get(item.object);
    if (!manifest) continue;
    for (const canvas of chosenCanvases(item, manifest, at.customCanvases(slug))) canvases.set(String(canvas['id']), canvas);
    for (const context of texts(manifest['@context'])) if (context !== PRESENTATION_3 && context !== SEARCH_2) contexts.add(context);
  }
  if (canvases.size === 0) return undefined;
  const thumbnail = [...canvases.values()]
    .map((canvas) => nodes(canvas['thumbnail']))
    .find((images) => text(images[0]?.['id']) !== undefined);
  return {
    '@context': contexts.size > 0 ? [...contexts, PRESENTATION_3] : PRESENTATION_3,
    id: at.customManifest(slug),
    type: 'Manifest',
    label,
    ...(summary ? { summary } : {}),
    ...(thumbnail ? { thumbnail } : {}),
    partOf: [{ id: at.collection(slug), type: 'Collection' }],
    items: [...canvases.values()],
  };
}
