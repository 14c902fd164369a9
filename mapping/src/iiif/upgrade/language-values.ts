import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { bcp47 } from '../../bcp47.ts';
import { isNode } from '../../json-node.ts';
import { languageMapOf } from '../../language-map-of.ts';

/** Texts of Presentation 2.1 (4.3: strings, objects with `@value` and `@language`, or arrays of them) as a language map; undefined where they say nothing. */
export function languageValues(value: unknown): LanguageMap | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return languageMapOf(
    list.flatMap((item) => {
      const said = isNode(item) ? (item['@value'] ?? item['value']) : item;
      const words = typeof said === 'number' || typeof said === 'boolean' ? String(said) : typeof said === 'string' ? said.trim() : '';
      const language = isNode(item) && typeof item['@language'] === 'string' ? item['@language'] : undefined;
      return words === '' ? [] : [{ language: bcp47(language), value: words }];
    }),
  );
}
