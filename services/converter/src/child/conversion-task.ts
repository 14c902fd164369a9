import Type, { type Static } from 'typebox';

/** How a derivative is made. What is in here decides its bytes: the same master by the same settings is the same derivative. */
export const ConversionSettings = Type.Object({
  /** What the tiles are: `jpeg`, `deflate` (lossless), or all of it a JPEG 2000 file, reversible or not. */
  encoding: Type.Union([Type.Literal('jpeg'), Type.Literal('deflate'), Type.Literal('jp2'), Type.Literal('jp2-lossless')]),
  /** Of JPEG. */
  quality: Type.Integer({ minimum: 1, maximum: 100 }),
  /** How many times smaller than its pixels an irreversible JPEG 2000 is. */
  jp2Ratio: Type.Number({ minimum: 1 }),
  /** Side of a tile in pixels. */
  tile: Type.Union([Type.Literal(256), Type.Literal(512)]),
  /** What shows through transparency, as #rrggbb. */
  background: Type.String({ pattern: '^#[0-9a-f]{6}$' }),
  /** Whether JPEG 2000 masters that can be served are kept as they are. */
  keepJp2: Type.Boolean(),
  /** Dots per inch at which the pages of a PDF are drawn. */
  pdfDpi: Type.Integer({ minimum: 36, maximum: 1200 }),
  /** Longest sides of the small copies that are made beside. */
  thumbnails: Type.Array(Type.Integer({ minimum: 1, maximum: 2000 }), { maxItems: 8 }),
});
export type ConversionSettings = Static<typeof ConversionSettings>;

/** What a child is asked to do. */
export const ConversionTask = Type.Object({
  input: Type.String(),
  output: Type.String(),
  /** Where the tile table goes; thumbnails go to `{output}.{longest side}.jpg`. */
  tiles: Type.String(),
  /** From 1. */
  page: Type.Integer({ minimum: 1 }),
  settings: ConversionSettings,
  maxPixels: Type.Integer(),
});
export type ConversionTask = Static<typeof ConversionTask>;

const Size = Type.Object({ width: Type.Integer(), height: Type.Integer() });

/** What a master was found to be. */
export const MasterFacts = Type.Object({
  format: Type.String(),
  /** How its pixels are packed, where the format has several ways: `lzw`, `deflate`, … */
  compression: Type.Optional(Type.String()),
  width: Type.Integer(),
  height: Type.Integer(),
  /** Of a sample, as libvips names it: uchar, ushort, float, … */
  depth: Type.String(),
  bits: Type.Optional(Type.Integer()),
  space: Type.String(),
  channels: Type.Integer(),
  /** EXIF, 1 to 8. */
  orientation: Type.Integer(),
  pages: Type.Integer(),
  /** The name of its colour profile; empty where it has one without a name. */
  profile: Type.Optional(Type.String()),
  alpha: Type.Boolean(),
  pixelsPerCentimetre: Type.Optional(Type.Number()),
});
export type MasterFacts = Static<typeof MasterFacts>;

/** What became of a master: part of the conversion report. */
export const ConversionResult = Type.Object({
  width: Type.Integer(),
  height: Type.Integer(),
  levels: Type.Array(Size),
  tile: Size,
  /** Of what was made, where it is no pyramidal TIFF; then there is no tile table. */
  format: Type.Optional(Type.Literal('jp2')),
  /** How its tiles are packed. */
  encoding: Type.String(),
  thumbnails: Type.Array(Type.Object({ width: Type.Integer(), height: Type.Integer(), file: Type.String() })),
  master: MasterFacts,
  /** What was done to the pixels and why, in sentences. */
  changes: Type.Array(Type.String()),
  /** What the derivative no longer has, in sentences. */
  lost: Type.Array(Type.String()),
  /** Descriptions and rights that were kept, by their names in XMP. */
  kept: Type.Array(Type.String()),
  /** How the derivative was compared with the master. */
  verified: Type.Object({
    /** Mean difference of a reduced copy, 0 to 255, and what it may be. */
    difference: Type.Number(),
    tolerance: Type.Number(),
    /** Tiles of all levels, each read back. */
    tiles: Type.Integer(),
  }),
  bytes: Type.Object({ master: Type.Integer(), derivative: Type.Integer() }),
  libraries: Type.Record(Type.String(), Type.String()),
  /** Most memory that the process took for it, and what had been estimated, in bytes. */
  memory: Type.Integer(),
  estimate: Type.Optional(Type.Integer()),
});
export type ConversionResult = Static<typeof ConversionResult>;

/** What a child is told to do: first to say how much memory it will want, then to do it. */
export const ChildOrder = Type.Object({
  do: Type.Union([Type.Literal('estimate'), Type.Literal('convert')]),
  task: ConversionTask,
});
export type ChildOrder = Static<typeof ChildOrder>;

/** What a child answers: the result, or the code of a problem. */
export const ChildReply = Type.Union([
  Type.Object({ result: ConversionResult }),
  Type.Object({ estimate: Type.Integer({ minimum: 0, description: 'Bytes' }) }),
  Type.Object({ code: Type.String(), detail: Type.String() }),
]);
export type ChildReply = Static<typeof ChildReply>;
