import { isNode, type JsonNode, nodes, text } from '../../json-node.ts';
import { descriptive, others } from './descriptive.ts';
import { idOf, typeOf } from './type-of.ts';

/** 2.1 lists ranges flat, which name one another (5.6); in 3.0 they hold one another (5.4). One that would hold itself is only named. */
export function upgradeRanges(structures: unknown): readonly JsonNode[] {
  const ranges = nodes(structures);
  const byId = new Map(ranges.flatMap((range) => (idOf(range) === undefined ? [] : [[String(idOf(range)), range] as const])));
  const held = new Set(ranges.flatMap((range) => members(range).flatMap(({ type, id }) => (type === 'Range' ? [id] : []))));
  const roots = ranges.filter((range) => !held.has(String(idOf(range))));
  const placed = new Set<string>();

  function upgrade(range: JsonNode): JsonNode {
    const id = String(idOf(range));
    placed.add(id);
    const items = members(range).flatMap((member): JsonNode[] => {
      const known = member.type === 'Range' ? byId.get(member.id) : undefined;
      if (known && placed.has(member.id)) return [];
      return [known ? upgrade(known) : { id: member.id, type: member.type }];
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

  const upgraded = roots.map(upgrade);
  // Ranges that hold one another in a ring have no root: each is there all the same.
  return [
    ...upgraded,
    ...ranges
      .filter((range) => !placed.has(String(idOf(range))))
      .flatMap((range) => (placed.has(String(idOf(range))) ? [] : [upgrade(range)])),
  ];
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
