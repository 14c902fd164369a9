import type { LanguageMap } from '@vitrine/contracts/language-map.ts';

/** A label as one line, in English where there is English, and the language for the `lang` attribute (empty where unknown). */
export function labelText(label: LanguageMap): { text: string; lang: string } {
  const language = ['en', 'none', ...Object.keys(label)].find((tag) => (label[tag]?.length ?? 0) > 0) ?? 'none';
  return { text: (label[language] ?? []).join('; '), lang: language === 'none' ? '' : language };
}
