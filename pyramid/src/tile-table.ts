// A tile table: where each tile of a pyramid lies, and what each tile at the right and the lower edge shows, cropped. It lies beside the derivative
// as a blob of its own, so that one read tells all and every whole tile is one read more.
//
// Bytes: `VTT1`, the length of the index (32 bits, little endian), the index, the crops one after the other.
// Index: a description (JSON, its length before it in 32 bits), then for each level its offsets (64-bit floating point) and counts (32 bits), and
// for each of its crops tile, width, height, count and 1 where it has tables of its own (32 bits each); a crop begins where the one before it ends.

import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { cropJpeg } from './crop-jpeg.ts';
import { COMPRESSION, type Pyramid, type PyramidLevel, type Size, scaleFactor, visibleSize } from './pyramid-level.ts';
import { jpegPrefix, spliceJpeg } from './splice-jpeg.ts';
import { damaged } from './tiff-file.ts';

const MAGIC = 'VTT1';
const HEAD = 8;
const MAX_INDEX = 512 * 1024 * 1024;

const Description = Type.Object({
  profile: Type.Optional(Type.String({ description: 'Base64' })),
  resolution: Type.Optional(Type.Tuple([Type.Number(), Type.Number()])),
  levels: Type.Array(
    Type.Object({
      width: Type.Integer({ minimum: 1 }),
      height: Type.Integer({ minimum: 1 }),
      tileWidth: Type.Integer({ minimum: 16 }),
      tileHeight: Type.Integer({ minimum: 16 }),
      compression: Type.Integer(),
      photometric: Type.Integer(),
      samples: Type.Integer({ minimum: 1 }),
      bits: Type.Integer({ minimum: 1 }),
      predictor: Type.Integer(),
      tables: Type.Optional(Type.String({ description: 'Base64' })),
      restarts: Type.Optional(Type.Object({ width: Type.Integer({ minimum: 8 }), height: Type.Integer({ minimum: 8 }) })),
      crops: Type.Integer({ minimum: 0 }),
    }),
    { minItems: 1 },
  ),
});
type Description = Static<typeof Description>;

/** A tile of the edge, cropped: half-open range of the table's blob. */
type Crop = Size & {
  readonly from: number;
  readonly to: number;
  /** Whether it is a JPEG of its own, not one that shares the level's tables. */
  readonly own: boolean;
};

export type TileTable = Pyramid & {
  /** By level and then by tile. */
  readonly crops: readonly ReadonlyMap<number, readonly Crop[]>[];
};

/** How a table is made: reads a tile as it is stored; and makes a tile a pixel wider or higher than what shows of it, by its last column or row again. */
export type TableMaker = {
  readonly read: (level: PyramidLevel, tile: number) => Promise<Buffer>;
  readonly extend: (jpeg: Buffer, visible: Size, wanted: Size) => Promise<Buffer>;
};

const CROP_FIELDS = 5;

/** How many bytes of a table's blob its index takes, by its first eight. */
export function indexLength(head: Buffer): number {
  if (head.length < HEAD || head.toString('latin1', 0, 4) !== MAGIC) throw damaged('no tile table');
  const length = HEAD + head.readUInt32LE(4);
  if (length > MAX_INDEX) throw damaged('an impossible tile table');
  return length;
}

/** The table of a pyramid as a blob. */
export async function makeTileTable(pyramid: Pyramid, maker: TableMaker): Promise<Buffer> {
  const crops: CroppedTile[][] = [];
  const [full] = pyramid.levels;
  for (const level of pyramid.levels) crops.push(level.compression === COMPRESSION.jpeg ? await cropsOf(level, full, maker) : []);
  const description: Description = {
    ...(pyramid.profile ? { profile: pyramid.profile.toString('base64') } : {}),
    ...(pyramid.resolution ? { resolution: [...pyramid.resolution] } : {}),
    levels: pyramid.levels.map(({ offsets: _, counts: __, across: ___, down: ____, tables, ...level }, n) => ({
      ...level,
      ...(tables ? { tables: tables.toString('base64') } : {}),
      crops: crops[n]?.length ?? 0,
    })),
  };
  const json = Buffer.from(JSON.stringify(description));
  const lists = pyramid.levels.flatMap(({ offsets, counts }, n) => [
    bytesOf(offsets),
    bytesOf(counts),
    bytesOf(
      Uint32Array.from((crops[n] ?? []).flatMap(({ tile, width, height, bytes, own }) => [tile, width, height, bytes.length, own ? 1 : 0])),
    ),
  ]);
  const index = Buffer.concat([uint32(json.length), json, ...lists]);
  return Buffer.concat([Buffer.from(MAGIC, 'latin1'), uint32(index.length), index, ...crops.flat().map(({ bytes }) => bytes)]);
}

/**
 * @param index the first `indexLength()` bytes of the blob
 * @throws Problem `derivative-damaged`
 */
export function readTileTable(index: Buffer): TileTable {
  const end = indexLength(index);
  if (index.length < end) throw damaged('the tile table ends early');
  const start = HEAD + 4 + index.readUInt32LE(HEAD);
  const description = parseJson(index.toString('utf8', HEAD + 4, Math.min(start, end)));
  if (!Check(Description, description)) throw damaged('a tile table that says nothing');
  let at = start;
  const take = (bytes: number): ArrayBuffer => {
    if (at + bytes > end) throw damaged('the tile table ends early');
    at += bytes;
    return Uint8Array.prototype.slice.call(index, at - bytes, at).buffer;
  };
  let cropAt = end;
  const crops: Map<number, readonly Crop[]>[] = [];
  const levels = description.levels.map(({ tables, crops: cropCount, ...level }): PyramidLevel => {
    const across = Math.ceil(level.width / level.tileWidth);
    const down = Math.ceil(level.height / level.tileHeight);
    const offsets = new Float64Array(take(across * down * 8));
    const counts = new Uint32Array(take(across * down * 4));
    const listed = new Uint32Array(take(cropCount * CROP_FIELDS * 4));
    const ofLevel = new Map<number, Crop[]>();
    for (let n = 0; n < listed.length; n += CROP_FIELDS) {
      const [tile = 0, width = 0, height = 0, count = 0, own = 0] = listed.subarray(n, n + CROP_FIELDS);
      const crop = { width, height, from: cropAt, to: cropAt + count, own: own === 1 };
      ofLevel.set(tile, [...(ofLevel.get(tile) ?? []), crop]);
      cropAt += count;
    }
    crops.push(ofLevel);
    return { ...level, across, down, offsets, counts, tables: tables === undefined ? undefined : Buffer.from(tables, 'base64') };
  });
  const [largest, ...rest] = levels;
  if (!largest) throw damaged('a tile table without levels');
  const { profile, resolution } = description;
  return { levels: [largest, ...rest], crops, resolution, profile: profile === undefined ? undefined : Buffer.from(profile, 'base64') };
}

type CroppedTile = Size & { readonly tile: number; readonly bytes: Buffer; readonly own: boolean };

/** What shows of each tile at the edge; and where clients round the level's size up and the file does not, that too (Image API 3.0, 4.7). */
async function cropsOf(level: PyramidLevel, full: Size, { read, extend }: TableMaker): Promise<CroppedTile[]> {
  const prefix = jpegPrefix(level);
  const crops: CroppedTile[] = [];
  for (let tile = 0; tile < level.across * level.down; tile++) {
    const visible = visibleSize(level, tile);
    if (visible.width === level.tileWidth && visible.height === level.tileHeight) continue;
    const stored = await read(level, tile);
    const bytes = cropJpeg(stored, prefix, visible.width, visible.height);
    if (bytes) crops.push({ tile, ...visible, bytes, own: false });
    const wanted = roundedUp(level, full, tile);
    if (wanted.width === visible.width && wanted.height === visible.height) continue;
    crops.push({ tile, ...wanted, bytes: await extend(spliceJpeg(stored, prefix), visible, wanted), own: true });
  }
  return crops;
}

/** The size of a tile by a client that rounds up; never more than a pixel beyond what shows, nor larger than a tile. */
function roundedUp(level: PyramidLevel, full: Size, tile: number): Size {
  const { width, height } = visibleSize(level, tile);
  const factor = scaleFactor(level, full);
  const [column, row] = [tile % level.across, Math.floor(tile / level.across)];
  const upTo = (whole: number, place: number, side: number, shown: number) =>
    Math.min(side, shown + 1, Math.max(shown, Math.ceil(whole / factor) - place * side));
  return {
    width: column === level.across - 1 ? upTo(full.width, column, level.tileWidth, width) : width,
    height: row === level.down - 1 ? upTo(full.height, row, level.tileHeight, height) : height,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const bytesOf = (list: Float64Array | Uint32Array): Buffer => Buffer.from(list.buffer, list.byteOffset, list.byteLength);

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
