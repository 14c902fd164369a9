import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { languageValuesOf } from './language-values.ts';
import type { Loss } from './losses.ts';
import { startOf } from './start-of.ts';

type Named = { readonly '@id': string; readonly '@type': string; readonly label: unknown };

/** Ranges as 2.1 has them (5.6): one flat list, each naming what it holds: those of one kind by ids, mixed ones as members in their order. */
export function downgradeRanges(
  structures: unknown,
  labelOfCanvas: (canvas: string) => unknown,
  lose: (loss: Loss) => void,
): readonly JsonNode[] {
  const flat: JsonNode[] = [];

  /** 2.1, 5.6: a range must have a label. */
  function labelOf(range: JsonNode): unknown {
    const label = languageValuesOf(range['label']);
    if (label === undefined) lose('labels');
    return label ?? String(flat.length + 1);
  }

  function add(range: JsonNode): void {
    const id = text(range['id']);
    if (id === undefined) return;
    if (range['supplementary'] !== undefined || range['thumbnail'] !== undefined || range['metadata'] !== undefined) lose('rangeParts');
    if (range['behavior'] !== undefined) lose('behavior');
    const members = nodes(range['items']).flatMap((item): Named[] => {
      const label = languageValuesOf(item['label']) ?? '';
      if (item['type'] === 'Range')
        return text(item['id']) === undefined ? [] : [{ '@id': String(item['id']), '@type': 'sc:Range', label }];
      const source = item['type'] === 'SpecificResource' ? (isNode(item['source']) ? item['source']['id'] : item['source']) : item['id'];
      if (item['type'] === 'SpecificResource') lose('rangeParts');
      const known = typeof source === 'string' ? labelOfCanvas(source) : undefined;
      return typeof source === 'string' && known !== undefined
        ? [{ '@id': source, '@type': 'sc:Canvas', label: label === '' ? known : label }]
        : [];
    });
    const ids = members.map((member) => member['@id']);
    const kinds = new Set(members.map((member) => member['@type']));
    flat.push({
      '@id': id,
      '@type': 'sc:Range',
      label: labelOf(range),
      ...(startOf(range['start'], lose) === undefined ? {} : { startCanvas: startOf(range['start'], lose) }),
      ...(kinds.size > 1 ? { members } : kinds.has('sc:Range') ? { ranges: ids } : { canvases: ids }),
    });
    for (const item of nodes(range['items'])) if (item['type'] === 'Range' && item['items'] !== undefined) add(item);
  }

  for (const range of nodes(structures)) add(range);
  return flat;
}
