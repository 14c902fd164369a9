import type { LanguageMap } from '@vitrine/contracts/language-map.ts';

type Phrase = { readonly language: string; readonly value: string };

/** Texts by their language, each once, in order; undefined for none: a language map is never empty. */
export function languageMapOf(phrases: readonly Phrase[]): LanguageMap | undefined {
  const map: Record<string, string[]> = {};
  for (const { language, value } of phrases) {
    const values = Object.hasOwn(map, language) ? map[language] : undefined;
    if (!values) map[language] = [value];
    else if (!values.includes(value)) values.push(value);
  }
  return phrases.length > 0 ? map : undefined;
}

/** A text whose language is not known (Presentation API 3.0, 4.4: `none`). */
export function inNoLanguage(value: string): LanguageMap {
  return { none: [value] };
}
