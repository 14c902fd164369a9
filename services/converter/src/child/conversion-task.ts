import Type, { type Static } from 'typebox';

/** What a child is asked to do. */
export const ConversionTask = Type.Object({
  input: Type.String(),
  output: Type.String(),
  /** Where the tile table goes. */
  tiles: Type.String(),
  quality: Type.Integer(),
  tile: Type.Integer(),
  maxPixels: Type.Integer(),
});
export type ConversionTask = Static<typeof ConversionTask>;

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

/** What became of a master: part of the conversion report. */
export const ConversionResult = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  levels: Type.Array(Size),
  /** Of what was made, where it is no pyramidal TIFF; then there is no tile table. */
  format: Type.Optional(Type.Literal('jp2')),
  master: Type.Object({
    format: Type.String(),
    width: Type.Integer(),
    height: Type.Integer(),
    depth: Type.String(),
    space: Type.String(),
    channels: Type.Integer(),
    orientation: Type.Integer(),
    pages: Type.Integer(),
    profile: Type.Boolean(),
    alpha: Type.Boolean(),
    pixelsPerCentimetre: Type.Optional(Type.Number()),
  }),
  /** What was done to the pixels, in sentences. */
  changes: Type.Array(Type.String()),
  /** Mean difference of a reduced copy, 0 to 255. */
  difference: Type.Number(),
  libraries: Type.Record(Type.String(), Type.String()),
});
export type ConversionResult = Static<typeof ConversionResult>;

/** What a child answers: the result, or the code of a problem. */
export const ChildReply = Type.Union([
  Type.Object({ result: ConversionResult }),
  Type.Object({ code: Type.String(), detail: Type.String() }),
]);
