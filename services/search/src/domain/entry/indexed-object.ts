import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { IndexedObject } from '@vitrine/platform/text-index/port.ts';
import type { Description } from '../../stores.ts';
import { stem, stemmedLanguage } from '../analysis/stem.ts';
import { termsOf } from '../analysis/terms.ts';
import type { ObjectIndex } from '../object-index/object-index.ts';

/** Between values, so that no phrase goes on from one to the next. */
const GAP = '¶';
const LONGEST_VALUE = 300;
const LONGEST_TITLE = 200;
/** Characters of text that are found across objects, some eight million words: engines bound what they are sent. Within the object all are found. */
const LONGEST_TEXT = 50_000_000;
/** Labels that say what kind of thing an object is. */
const KINDS: readonly string[] = ['type', 'object type', 'work type', 'classification', 'genre', 'form', 'objektart', 'typ', 'gattung'];

/** A word of a value together with its label, so that a search may be for one label alone. */
export const labelledTerm = (label: string, term: string): string => `${labelName(label)}=${term}`;

/** A label as a name: its words as they are compared. */
export const labelName = (label: string): string =>
  termsOf(label)
    .map(({ term }) => term)
    .join('_');

/** An object as the text index has it, and the languages of its stems. @param facetLabels labels whose values are counted */
export function indexedObject(
  id: string,
  description: Description,
  index: ObjectIndex | undefined,
  facetLabels: readonly string[],
): { readonly indexed: IndexedObject; readonly languages: readonly string[] } {
  const { revision, source, label, values, rights, begin, end, collections } = description;
  const forms = new Set(index?.stems() ?? []);
  const noteForms = (map: LanguageMap) => {
    for (const [tag, texts] of Object.entries(map)) {
      const language = stemmedLanguage(tag);
      if (language === undefined) continue;
      for (const { written, isCharacter } of texts.flatMap(termsOf)) {
        const stemmed = isCharacter ? undefined : stem(written, language);
        if (stemmed !== undefined) forms.add(`${language}/${stemmed}`);
      }
    }
  };
  noteForms(label);
  const pairs = values.flatMap(({ label: names, value }) => {
    noteForms(value);
    const terms = rowsOf(value);
    return [...new Set(textsOf(names).map(labelName))].map((name) => ({ name, terms }));
  });
  const facets = new Set(facetLabels.map(labelName));
  const keywords = [
    `source=${source}`,
    ...(rights === undefined ? [] : [`rights=${rights}`]),
    ...collections.map((collection) => `collection=${collection}`),
    ...values.flatMap(({ label: names, value }) => {
      const called = textsOf(names).map(labelName);
      const texts = textsOf(value).map((text) => text.slice(0, LONGEST_VALUE));
      return [
        ...(called.some((name) => KINDS.includes(name.replaceAll('_', ' '))) ? texts.map((text) => `type=${text}`) : []),
        ...called.filter((name) => facets.has(name)).flatMap((name) => texts.map((text) => `label.${name}=${text}`)),
      ];
    }),
    ...(begin === undefined ? [] : [`century=${centuryOf(begin)}`]),
  ];
  const indexed = {
    id,
    revision,
    words: {
      label: rowsOf(label).join(` ${GAP} `),
      metadata: [
        ...pairs.flatMap(({ terms }) => terms),
        ...pairs.flatMap(({ name, terms }) => terms.map((row) => row.replace(/\S+/g, (term) => `${name}=${term}`))),
      ].join(` ${GAP} `),
      text: index ? textOf(index) : '',
      forms: [...forms].join(' '),
    },
    keywords: [...new Set(keywords)],
    title: rowsOf(label)[0]?.slice(0, LONGEST_TITLE) ?? '',
    ...(begin === undefined ? {} : { begin, end: end ?? begin }),
  };
  const languages = new Set([...forms].map((form) => form.slice(0, form.indexOf('/'))));
  return { indexed, languages: [...languages] };
}

function textOf(index: ObjectIndex): string {
  const { terms, others } = index.sequence();
  const text = [...terms, ...(others.length > 0 ? [GAP, ...others] : [])].join(' ');
  return text.length > LONGEST_TEXT ? text.slice(0, text.lastIndexOf(' ', LONGEST_TEXT)) : text;
}

/** The first year of a hundred: 1600 for 1600 to 1699. */
const centuryOf = (year: number): number => Math.floor(year / 100) * 100;

const textsOf = (map: LanguageMap): string[] => Object.values(map).flat();

const rowsOf = (map: LanguageMap): string[] =>
  [
    ...new Set(
      textsOf(map).map((text) =>
        termsOf(text)
          .map(({ term }) => term)
          .join(' '),
      ),
    ),
  ].filter((row) => row !== '');
