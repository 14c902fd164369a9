import Type, { type Static } from 'typebox';

/** An object that a folder of images makes, or a bucket: written by the harvester, since these have no records of their own. */
export const FolderObject = Type.Object({
  type: Type.Literal('vitrine:FolderObject'),
  id: Type.String({ minLength: 1 }),
  /** What it is called where no table says it: the name of its first file, without its ending. */
  name: Type.String({ minLength: 1 }),
  files: Type.Array(
    Type.Object({
      /** Below the folder, with slashes. */
      path: Type.String({ minLength: 1 }),
      /** `file:///…` or `s3://…`, for the converter. */
      address: Type.String({ pattern: '^(file:///|s3://)' }),
      /** Another file of the same name has others: its time, or its ETag. */
      bytes: Type.Integer(),
      modified: Type.String(),
    }),
  ),
  /** What a table says of it, by column, in the table's order. */
  fields: Type.Array(Type.Object({ column: Type.String(), value: Type.String() })),
});
export type FolderObject = Static<typeof FolderObject>;
