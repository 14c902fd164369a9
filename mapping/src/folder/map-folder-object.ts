import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import type { JsonNode } from '../json-node.ts';
import { inNoLanguage } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { rightsUri } from '../rights-uri.ts';
import { type ColumnRole, columnRole } from './column-roles.ts';
import { FolderObject } from './folder-object.ts';

export const FOLDER_OBJECT_VERSION = 1;

export const isFolderObject = (record: JsonNode): boolean => record['type'] === 'vitrine:FolderObject';

/** An object of a folder: its title is what its table says, else the name of its file. @throws Problem `record-invalid` */
export function mapFolderObject(record: JsonNode): MappedObject {
  if (!Check(FolderObject, record)) throw new Problem('record-invalid', { detail: 'not as a folder makes it' });
  const said = record.fields.map(({ column, value }) => ({ column, value, role: columnRole(column) }));
  const of = (role: ColumnRole) => said.find((field) => field.role === role)?.value;
  const [rights, credit, description, homepage] = [of('rights'), of('credit'), of('description'), of('homepage')];
  const rightsAddress = rights === undefined ? undefined : rightsUri(rights);
  const title = of('title') ?? record.name;
  const label = inNoLanguage(plainText(title));
  const id = of('id');
  const others = said.filter(({ role }) => role === undefined);
  return {
    label,
    names: [],
    metadata: [
      ...(id === undefined ? [] : [{ label: { en: ['Identifier'] }, value: inNoLanguage(plainText(id)) }]),
      ...others.map(({ column, value }) => ({ label: inNoLanguage(plainText(column)), value: inNoLanguage(plainText(value)) })),
      // Words about rights that no manifest may have as its address are said all the same.
      ...(rights === undefined || rightsAddress !== undefined
        ? []
        : [{ label: { en: ['Rights'] }, value: inNoLanguage(plainText(rights)) }]),
    ],
    ...(description === undefined ? {} : { summary: inNoLanguage(plainText(description)) }),
    ...(rightsAddress === undefined ? {} : { rights: rightsAddress }),
    ...(credit === undefined ? {} : { requiredStatement: { label: { en: ['Credit line'] }, value: inNoLanguage(plainText(credit)) } }),
    provider: [],
    homepage:
      homepage !== undefined && /^https?:\/\/\S+$/.test(homepage) ? [{ id: homepage, type: 'Text', label, format: 'text/html' }] : [],
    seeAlso: [],
    rendering: [],
    parts: [],
    wholes: [],
    collections: [],
    media: [],
    structure: [],
    place: [],
    access: [],
    annotations: [],
    images: record.files.map(({ path, address }) => ({
      sourceId: path,
      master: { address },
      label: imageLabel(path),
      text: [],
      annotations: [],
    })),
  };
}

const imageLabel = (path: string): LanguageMap =>
  inNoLanguage(
    plainText(
      path
        .split('/')
        .at(-1)
        ?.replace(/\.[^.]+$/, '') || path,
    ),
  );
