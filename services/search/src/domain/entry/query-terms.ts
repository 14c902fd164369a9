import type { Field, Term } from '@vitrine/platform/text-index/port.ts';
import { stem } from '../analysis/stem.ts';
import { rowOf } from '../analysis/terms.ts';
import type { Clause } from '../content-search/search-query.ts';
import { labelledTerm } from './indexed-object.ts';

/**
 * What the text index is asked for a word or phrase. With `forms` a word is found in any of its forms, in any of some languages, wherever it stands: of forms it is not
 * kept where they are. Undefined where there is nothing to be found.
 */
export function queryTerms({ kind, text }: Clause, fields: readonly Field[], languages: readonly string[]): readonly Term[] | undefined {
  const row = rowOf(text);
  const [first] = row?.terms ?? [];
  if (!row || !first) return undefined;
  const words = row.terms.map(({ term }) => term);
  const exact: Term = { fields: fields.filter((field) => field !== 'forms'), words, ...(row.isPrefix ? { isPrefix: true } : {}) };
  if (kind === 'phrase' || first.isCharacter || row.terms.length > 1 || !fields.includes('forms')) return [exact];
  const stems = languages.flatMap((language) => {
    const stemmed = stem(first.written, language);
    return stemmed === undefined ? [] : [`${language}/${stemmed}`];
  });
  return [exact, ...[...new Set(stems)].map((form): Term => ({ fields: ['forms'], words: [form] }))];
}

/** The same within the values of one label of the metadata. */
export function labelledTerms(label: string, text: string): readonly Term[] | undefined {
  const row = rowOf(text);
  if (!row) return undefined;
  return [
    {
      fields: ['metadata'],
      words: row.terms.map(({ term }) => labelledTerm(label, term)),
      ...(row.isPrefix ? { isPrefix: true } : {}),
    },
  ];
}
