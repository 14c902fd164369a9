import type { MappedImage, MappedObject } from '@vitrine/contracts/museum-object.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { Check } from 'typebox/value';
import { columnLanguage, columnRole } from '../columns/column-roles.ts';
import { describedByColumns, type Field } from '../columns/described-by-columns.ts';
import { imageAt } from '../image-at.ts';
import type { JsonNode } from '../json-node.ts';
import { languageMapOf } from '../language-map-of.ts';
import { plainText } from '../plain-text.ts';
import { TableObject } from './table-object.ts';

export const TABLE_OBJECT_VERSION = 1;

export const isTableObject = (record: JsonNode): boolean => record['type'] === 'vitrine:TableObject';

/**
 * An object of a table. Its first row describes it, as far as that says something, else the next one that does; each row may name images, in the order of the column for it, else of the rows.
 *
 * @throws Problem `record-invalid`
 */
export function mapTableObject(record: JsonNode): MappedObject {
  if (!Check(TableObject, record)) throw new Problem('record-invalid', { detail: 'not as a table makes it' });
  const { rows, table, idColumn, id } = record;
  const fields = new Map<string, string>();
  for (const row of rows) for (const [column, value] of Object.entries(row)) if (!fields.has(column)) fields.set(column, value);
  const said: Field[] = [...fields].map(([column, value]) => ({ column, value })).filter(({ column }) => !ofImages(column, idColumn));
  return {
    ...describedByColumns([{ column: 'identifier', value: id }, ...said], id),
    images: rows
      .map((row, place) => ({ row, place, order: Number(cell(row, 'order') ?? Number.NaN) }))
      .toSorted((a, b) => (Number.isNaN(a.order) || Number.isNaN(b.order) ? 0 : a.order - b.order) || a.place - b.place)
      .flatMap(({ row }) => imagesOf(row, table)),
  };
}

/** Whether a column speaks of an image, or is the id itself, which is told first. */
function ofImages(column: string, idColumn: string): boolean {
  const role = columnRole(column);
  return column === idColumn || role === 'file' || role === 'order' || role === 'label';
}

const cell = (row: Readonly<Record<string, string>>, role: 'file' | 'order'): string | undefined =>
  Object.entries(row).find(([column]) => columnRole(column) === role)?.[1];

function imagesOf(row: Readonly<Record<string, string>>, table: string): readonly MappedImage[] {
  const label = languageMapOf(
    Object.entries(row)
      .filter(([column]) => columnRole(column) === 'label')
      .map(([column, value]) => ({ language: columnLanguage(column).language, value: plainText(value) })),
  );
  return (cell(row, 'file') ?? '')
    .split('|')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .flatMap((name) => {
      const image = imageAt(name, table);
      return image ? [{ ...image, sourceId: name, ...(label ? { label } : {}) }] : [];
    });
}
