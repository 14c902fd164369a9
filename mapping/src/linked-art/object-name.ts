import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { type JsonNode, nodes, text } from '../json-node.ts';
import { inNoLanguage } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { DISPLAY_NAME, PRIMARY_NAME } from './aat.ts';
import { contentOf, isClassifiedAs } from './statements.ts';

/** Linked Art 1.0, model/base: the primary name, else the display name, else the first name, else `_label`. */
export function objectName(record: JsonNode): { label: LanguageMap; names: MappedObject['names'] } | undefined {
  const all = nodes(record['identified_by']).filter(({ type }) => type === 'Name');
  const primary = contentOf(all.filter((name) => isClassifiedAs(name, PRIMARY_NAME)));
  const display = contentOf(all.filter((name) => isClassifiedAs(name, DISPLAY_NAME)));
  const others = contentOf(all.filter((name) => !isClassifiedAs(name, [...PRIMARY_NAME, ...DISPLAY_NAME])));
  const fallback = text(record['_label']);
  const label = primary ?? display ?? others ?? (fallback === undefined ? undefined : inNoLanguage(plainText(fallback)));
  if (!label) return undefined;
  const kinds = [
    ['primary', primary],
    ['display', display],
    ['other', others],
  ] as const;
  return { label, names: kinds.flatMap(([kind, value]) => (value ? [{ kind, value }] : [])) };
}
