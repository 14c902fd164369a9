import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { cleanHtml } from '../clean-html.ts';
import { inNoLanguage, languageMapOf } from '../language-map-of.ts';
import { NOTHING_SAID } from '../nothing-said.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { type ColumnRole, columnLanguage, columnRole } from './column-roles.ts';

export type Field = { readonly column: string; readonly value: string };

/** What a table says of an object, by its columns. Several values of a cell stand between `|`; a column `title@nl` is in that language. */
export function describedByColumns(fields: readonly Field[], name: string): Omit<MappedObject, 'images'> {
  const said = fields.map((field) => ({
    ...field,
    role: columnRole(field.column),
    values: field.value
      .split('|')
      .map((value) => value.trim())
      .filter((value) => value !== ''),
  }));
  const of = (role: ColumnRole) => said.find((field) => field.role === role)?.value;
  const texts = (role: ColumnRole, clean: (value: string) => string): LanguageMap | undefined =>
    languageMapOf(
      said
        .filter((field) => field.role === role)
        .flatMap(({ column, value }) => (clean(value) === '' ? [] : [{ language: columnLanguage(column).language, value: clean(value) }])),
    );
  const [rights, id] = [of('rights'), of('id')];
  const rightsAddress = rights === undefined ? undefined : rightsUri(rights);
  const label = texts('title', plainText) ?? inNoLanguage(plainText(name));
  const [summary, credit] = [texts('description', cleanHtml), texts('credit', cleanHtml)];
  const homepage = of('homepage');
  return {
    ...NOTHING_SAID,
    label,
    metadata: [
      ...(id === undefined ? [] : [{ label: { en: ['Identifier'] }, value: inNoLanguage(plainText(id)) }]),
      ...otherColumns(said.filter(({ role }) => role === undefined)),
      // Words about rights that no manifest may have as its address are said all the same.
      ...(rights === undefined || rightsAddress !== undefined
        ? []
        : [{ label: { en: ['Rights'] }, value: inNoLanguage(plainText(rights)) }]),
    ],
    ...(summary ? { summary } : {}),
    ...(rightsAddress === undefined ? {} : { rights: rightsAddress }),
    ...(credit ? { requiredStatement: { label: { en: ['Credit line'] }, value: credit } } : {}),
    homepage:
      homepage !== undefined && /^https?:\/\/\S+$/.test(homepage) ? [{ id: homepage, type: 'Text', label, format: 'text/html' }] : [],
  };
}

/** What no role is known of, as pairs in the table's order; columns of one name in several languages are one pair. */
function otherColumns(fields: readonly (Field & { readonly values: readonly string[] })[]): MappedObject['metadata'] {
  const pairs = new Map<string, { language: string; value: string }[]>();
  for (const { column, values } of fields) {
    const { name, language } = columnLanguage(column);
    pairs.set(name, [...(pairs.get(name) ?? []), ...values.map((value) => ({ language, value: cleanHtml(value) }))]);
  }
  return [...pairs].flatMap(([name, phrases]) => {
    const value = languageMapOf(phrases.filter((phrase) => phrase.value !== ''));
    return value ? [{ label: inNoLanguage(plainText(name)), value }] : [];
  });
}
