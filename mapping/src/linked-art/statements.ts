import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { cleanHtml } from '../clean-html.ts';
import { type JsonNode, nodes, text } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { aatNumber, languageTag } from './aat.ts';

/** Whether a node is classified as one of the AAT terms. */
export function isClassifiedAs(node: JsonNode, terms: readonly string[]): boolean {
  return nodes(node['classified_as']).some(({ id }) => terms.includes(aatNumber(id) ?? ''));
}

/** Names and statements hold their words in `content`; markup in them is not ours to trust. */
export function contentOf(statements: readonly JsonNode[]): LanguageMap | undefined {
  return wordsOf(statements, plainText);
}

/** The same where a manifest may have markup (Presentation API 3.0, 4.5): the Getty's descriptions have it. */
export function htmlOf(statements: readonly JsonNode[]): LanguageMap | undefined {
  return wordsOf(statements, cleanHtml);
}

function wordsOf(statements: readonly JsonNode[], clean: (content: string) => string): LanguageMap | undefined {
  const phrases = statements.flatMap((statement) => {
    const content = text(statement['content']);
    const value = content === undefined ? '' : clean(content);
    return value === '' ? [] : [{ language: languageTag(nodes(statement['language'])[0]?.['id']), value }];
  });
  return languageMapOf(phrases);
}

/** The words for other entities: their names, else their labels. */
export function labelsOf(entities: readonly JsonNode[]): LanguageMap | undefined {
  const phrases = entities.flatMap((entity) => {
    const named = contentOf(nodes(entity['identified_by']).filter(({ type }) => type === 'Name'));
    if (named) return Object.entries(named).flatMap(([language, values]) => values.map((value) => ({ language, value })));
    const label = text(entity['_label']);
    return label === undefined ? [] : [{ language: 'none', value: plainText(label) }];
  });
  return languageMapOf(phrases);
}
