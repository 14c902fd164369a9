import { isNode, type JsonNode, nodes, text } from '../../json-node.ts';
import { descriptive, others } from './descriptive.ts';
import { idOf, typeOf } from './type-of.ts';

/** Ranges within one another; no table of contents is deeper. */
const DEEPEST = 64;

/** 2.1 lists ranges flat, which name one another (5.6); in 3.0 they hold one another (5.4). One that would hold itself is only named. */
export function upgradeRanges(structures: unknown): readonly JsonNode[] {
  const ranges = withEmbedded(nodes(structures));
  const byId = new Map(ranges.flatMap((range) => (idOf(range) === undefined ? [] : [[String(idOf(range)), range] as const])));
  const held = new Set(ranges.flatMap((range) => members(range).flatMap(({ type, id }) => (type === 'Range' ? [id] : []))));
  const placed = new Set<string>();

  function upgrade(range: JsonNode, depth: number): JsonNode {
    const id = String(idOf(range));
    placed.add(id);
    const items = members(range).map((member): JsonNode => {
      const known = member.type === 'Range' ? byId.get(member.id) : undefined;
      // One that is held elsewhere already, or too deep, is named.
      const isHere = known !== undefined && !placed.has(member.id) && depth < DEEPEST;
      return isHere ? upgrade(known, depth + 1) : { id: member.id, type: member.type };
    });
    const { start, ...described } = descriptive(range);
    return {
      id,
      type: 'Range',
      ...described,
      ...(start ? { start } : {}),
      ...others(range, ['canvases', 'ranges', 'members', 'contentLayer']),
      ...supplementary(range),
      items,
    };
  }

  // Roots first, then what holds one another in a ring and has none, or lies too deep: each is there once.
  const roots = ranges.filter((range) => !held.has(String(idOf(range))));
  return [...roots, ...ranges].flatMap((range) => (placed.has(String(idOf(range))) ? [] : [upgrade(range, 1)]));
}

/** Ranges, and those that some write into one another, as one list. */
function withEmbedded(ranges: readonly JsonNode[], depth = 1): readonly JsonNode[] {
  return ranges.flatMap((range) => {
    const within = [...nodes(range['members']), ...nodes(range['ranges'])].filter(
      (member) => member['canvases'] !== undefined || member['ranges'] !== undefined || member['members'] !== undefined,
    );
    return [range, ...(depth < DEEPEST ? withEmbedded(within, depth + 1) : [])];
  });
}

function supplementary(range: JsonNode): JsonNode {
  const layer = range['contentLayer'];
  const id = isNode(layer) ? idOf(layer) : text(layer);
  return id === undefined ? {} : { supplementary: { id, type: 'AnnotationCollection' } };
}

function members(range: JsonNode): readonly { readonly id: string; readonly type: string }[] {
  const of = (list: unknown, type: string) =>
    (Array.isArray(list) ? list : list === undefined ? [] : [list]).flatMap((member: unknown) => {
      const id = isNode(member) ? idOf(member) : text(member);
      return id === undefined ? [] : [{ id, type: isNode(member) ? (typeOf(member) ?? type) : type }];
    });
  return [...of(range['members'], 'Range'), ...of(range['ranges'], 'Range'), ...of(range['canvases'], 'Canvas')];
}
