// A tile table: where each tile of a pyramid lies, and what each tile at the right and the lower edge shows, cropped. It lies beside the derivative
// as a blob of its own, so that one read tells all and every whole tile is one read more.
//
// Bytes: `VTT1`, the length of the index (32 bits, little endian), the index, the crops one after the other.
// Index: a description (JSON, its length before it in 32 bits), then for each level its offsets (64-bit floating point) and counts (32 bits), and
// for each of its crops tile, count (32 bits each); a crop begins where the one before it ends.

import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import { cropJpeg } from './crop-jpeg.ts';
import { COMPRESSION, type Pyramid, type PyramidLevel, visibleSize } from './pyramid-level.ts';
import { jpegPrefix } from './splice-jpeg.ts';
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
      crops: Type.Integer({ minimum: 0 }),
    }),
    { minItems: 1 },
  ),
});
type Description = Static<typeof Description>;

/** A cropped tile: half-open range of the table's blob. */
type Crop = { readonly from: number; readonly to: number };

export type TileTable = Pyramid & {
  /** By level and then by tile. */
  readonly crops: readonly ReadonlyMap<number, Crop>[];
};

/** How many bytes of a table's blob its index takes, by its first eight. */
export function indexLength(head: Buffer): number {
  if (head.length < HEAD || head.toString('latin1', 0, 4) !== MAGIC) throw damaged('no tile table');
  const length = HEAD + head.readUInt32LE(4);
  if (length > MAX_INDEX) throw damaged('an impossible tile table');
  return length;
}

/**
 * The table of a pyramid as a blob.
 *
 * @param read a tile as it is stored
 */
export async function makeTileTable(pyramid: Pyramid, read: (level: PyramidLevel, tile: number) => Promise<Buffer>): Promise<Buffer> {
  const crops: { tile: number; bytes: Buffer }[][] = [];
  for (const level of pyramid.levels) crops.push(level.compression === COMPRESSION.jpeg ? await cropsOf(level, read) : []);
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
    bytesOf(Uint32Array.from((crops[n] ?? []).flatMap(({ tile, bytes }) => [tile, bytes.length]))),
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
  const crops: Map<number, Crop>[] = [];
  const levels = description.levels.map(({ tables, crops: cropCount, ...level }): PyramidLevel => {
    const across = Math.ceil(level.width / level.tileWidth);
    const down = Math.ceil(level.height / level.tileHeight);
    const offsets = new Float64Array(take(across * down * 8));
    const counts = new Uint32Array(take(across * down * 4));
    const listed = new Uint32Array(take(cropCount * 8));
    const ofLevel = new Map<number, Crop>();
    for (let n = 0; n < listed.length; n += 2) {
      const to = cropAt + (listed[n + 1] ?? 0);
      ofLevel.set(listed[n] ?? 0, { from: cropAt, to });
      cropAt = to;
    }
    crops.push(ofLevel);
    return { ...level, across, down, offsets, counts, tables: tables === undefined ? undefined : Buffer.from(tables, 'base64') };
  });
  const [largest, ...rest] = levels;
  if (!largest) throw damaged('a tile table without levels');
  const { profile, resolution } = description;
  return { levels: [largest, ...rest], crops, resolution, profile: profile === undefined ? undefined : Buffer.from(profile, 'base64') };
}

async function cropsOf(level: PyramidLevel, read: (level: PyramidLevel, tile: number) => Promise<Buffer>) {
  const prefix = jpegPrefix(level);
  const crops: { tile: number; bytes: Buffer }[] = [];
  for (let tile = 0; tile < level.across * level.down; tile++) {
    const { width, height } = visibleSize(level, tile);
    if (width === level.tileWidth && height === level.tileHeight) continue;
    const bytes = cropJpeg(await read(level, tile), prefix, width, height);
    if (bytes) crops.push({ tile, bytes });
  }
  return crops;
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
