import Type, { type Static } from 'typebox';

/** An object of a table: its rows, those that have its id. Written by the harvester, since a table's rows are no records by themselves. */
export const TableObject = Type.Object({
  type: Type.Literal('vitrine:TableObject'),
  id: Type.String({ minLength: 1 }),
  /** Where the table is: names of files in it are meant to lie beside it. */
  table: Type.String({ minLength: 1 }),
  /** The column with the id. */
  idColumn: Type.String({ minLength: 1 }),
  /** Of each row what its columns hold, by the column's name; a column with nothing in it is not there. */
  rows: Type.Array(Type.Record(Type.String(), Type.String()), { minItems: 1 }),
});
export type TableObject = Static<typeof TableObject>;
