import type { JsonNode } from '../json-node.ts';
import { pruneReferences } from './prune-references.ts';
import { tidyPresentation } from './tidy-presentation.ts';
import { isPresentation2, upgradePresentation } from './upgrade/upgrade-presentation.ts';

/** A manifest or collection of Presentation 2 or 3, as tidy 3.0. */
export function asPresentation3(document: JsonNode): JsonNode {
  const tidy = tidyPresentation(isPresentation2(document) ? upgradePresentation(document) : document);
  return tidy['type'] === 'Manifest' ? pruneReferences(tidy) : tidy;
}
