import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import type { MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import { describedByColumns } from '../columns/described-by-columns.ts';
import type { JsonNode } from '../json-node.ts';
import { inNoLanguage } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { FolderObject } from './folder-object.ts';

export const FOLDER_OBJECT_VERSION = 2;

export const isFolderObject = (record: JsonNode): boolean => record['type'] === 'vitrine:FolderObject';

/** An object of a folder: its title is what its table says, else the name of its file. @throws Problem `record-invalid` */
export function mapFolderObject(record: JsonNode): MappedObject {
  if (!Check(FolderObject, record)) throw new Problem('record-invalid', { detail: 'not as a folder makes it' });
  return {
    ...describedByColumns(record.fields, record.name),
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
