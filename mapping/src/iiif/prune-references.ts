import { isNode, type JsonNode, nodes } from '../json-node.ts';

/** A tidy manifest without references that lead nowhere: a start, and canvases of ranges, that are not in it (Presentation API 3.0, 5.4: a range is of canvases of its manifest). */
export function pruneReferences(manifest: JsonNode): JsonNode {
  const canvases = new Set(nodes(manifest['items']).map(({ id }) => id));
  const { structures, start, ...rest } = manifest;
  const ranges = nodes(structures);
  const named = new Set(ranges.flatMap(idsBelow));

  const isThere = (id: unknown): boolean => typeof id === 'string' && canvases.has(id.replace(/#.*$/, ''));

  function prune(range: JsonNode): readonly JsonNode[] {
    const items = nodes(range['items']).flatMap((member): readonly JsonNode[] => {
      const { type, id, source, partOf, items: held } = member;
      if (type === 'Range' && held !== undefined) return prune(member);
      if (type === 'Range') return named.has(id) ? [member] : [];
      if (partOf !== undefined) return [member];
      if (type === 'SpecificResource') return isThere(isNode(source) ? source['id'] : source) ? [member] : [];
      return type === 'Canvas' && !isThere(id) ? [] : [member];
    });
    return items.length === 0 ? [] : [{ ...range, items }];
  }

  const kept = ranges.flatMap(prune);
  const canvas =
    isNode(start) &&
    (start['type'] === 'SpecificResource' ? (isNode(start['source']) ? start['source']['id'] : start['source']) : start['id']);
  return { ...rest, ...(isThere(canvas) ? { start } : {}), ...(kept.length > 0 ? { structures: kept } : {}) };
}

const idsBelow = (range: JsonNode): readonly unknown[] => [
  range['id'],
  ...nodes(range['items'])
    .filter(({ items }) => items !== undefined)
    .flatMap(idsBelow),
];
