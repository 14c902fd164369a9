import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { Description } from '../../stores.ts';
import { stem, stemmedLanguage } from '../analysis/stem.ts';
import { type Row, rowOf, termsOf } from '../analysis/terms.ts';
import type { Clause } from '../content-search/search-query.ts';

/** The labels and values that have a word or phrase of a query. */
export function matchingValues({ values }: Description, clauses: readonly Clause[], most: number): Description['values'] {
  const rows = clauses.flatMap(({ kind, text }) => {
    const row = rowOf(text);
    return row ? [{ kind, row }] : [];
  });
  return values.filter(({ value }) => rows.some(({ kind, row }) => hasRow(value, row, kind === 'word'))).slice(0, most);
}

function hasRow(value: LanguageMap, row: Row, isInAnyForm: boolean): boolean {
  return Object.entries(value).some(([tag, texts]) => {
    const language = stemmedLanguage(tag);
    const [only, more] = row.terms;
    const wanted = isInAnyForm && !more && only && language !== undefined ? stem(only.written, language) : undefined;
    return texts.some((text) => {
      const terms = termsOf(text);
      const isAt = (start: number) =>
        row.terms.every(({ term }, place) => {
          const there = terms[start + place]?.term;
          return there === term || (row.isPrefix && place === row.terms.length - 1 && there?.startsWith(term));
        });
      return terms.some(
        ({ written }, start) => isAt(start) || (wanted !== undefined && language !== undefined && stem(written, language) === wanted),
      );
    });
  });
}
