import { columnRole } from '@vitrine/mapping/columns/column-roles.ts';
import type { FolderObject } from '@vitrine/mapping/folder/folder-object.ts';
import { type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { expression, saidList, saidText } from '../expression.ts';
import { foldedKey } from './folded-key.ts';

/** A record's keys, by which images of other sources are known to be of its object. */
export type KeysOf = (record: JsonNode, place: string) => Promise<readonly string[]>;

/** By an operator's expression, else by the record's identifiers: Linked Art's `identified_by` of type Identifier, or the id in a folder's table. @throws Problem `configuration-invalid` */
export function objectKeys(source: string | undefined): KeysOf {
  const said = source === undefined ? undefined : expression('attach.objectKey', source);
  return async (record, place) => {
    const found = said ? saidList(await said(record, place)).map(saidText) : identifiersOf(record);
    return [...new Set(found.flatMap((key) => (key === undefined ? [] : [foldedKey(key)])).filter((key) => key !== ''))];
  };
}

function identifiersOf(record: JsonNode): readonly (string | undefined)[] {
  const named = nodes(record['identified_by'])
    .filter(({ type }) => type === 'Identifier')
    .map((identifier) => text(identifier['content']));
  const fields: readonly JsonNode[] = nodes(record['fields']);
  const columns = fields
    .filter((field) => columnRole(text(field['column' satisfies keyof FolderObject['fields'][number]]) ?? '') === 'id')
    .map((field) => text(field['value']));
  // Of a table's object its id is the key.
  const own = record['type'] === 'vitrine:TableObject' ? [text(record['id'])] : [];
  return [...named, ...columns, ...own];
}
