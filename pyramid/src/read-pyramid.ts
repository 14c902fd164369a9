import type { Pyramid, PyramidLevel, Size } from './pyramid-level.ts';
import { damaged, type ReadRange, type TiffDirectory, TiffFile } from './tiff-file.ts';

const MAX_LEVELS = 32;
const MAX_PAGES = 10_000;
const MAX_TILES = 16_000_000;
const MAX_TABLES = 65_536;
const MAX_PROFILE = 4 * 1024 * 1024;

export const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  rowsPerStrip: 278,
  xResolution: 282,
  yResolution: 283,
  planar: 284,
  resolutionUnit: 296,
  predictor: 317,
  tileWidth: 322,
  tileHeight: 323,
  offsets: 324,
  counts: 325,
  subDirectories: 330,
  tables: 347,
  profile: 34_675,
} as const;

/** TIFF 6.0, NewSubfileType: bit 0 a reduced copy of another image, bit 1 a page of several, bit 2 a mask of one. */
const REDUCED = 1;
const PAGE = 2;
const MASK = 4;
const PLANAR = 2;
const CENTIMETRES_OF = { 2: 2.54, 3: 1 } as const;

/**
 * The first picture of a file with all its levels, be they pages of their own (NewSubfileType says so, or each is half of the one before) or
 * sub-directories of the first. Other pages are other pictures, and left alone.
 *
 * @throws Problem `derivative-damaged`
 */
export async function readPyramid(read: ReadRange): Promise<Pyramid> {
  const file = await TiffFile.open(read);
  const first = await file.directory(file.first);
  const levels = [await levelOf(file, first)];
  const seen = new Set([file.first]);
  const directoryOnce = async (at: number): Promise<TiffDirectory> => {
    if (seen.has(at) || seen.size > MAX_PAGES) throw damaged('the directories form a loop');
    seen.add(at);
    return file.directory(at);
  };
  for (const at of await file.values(first.entries.get(TAG.subDirectories), MAX_LEVELS))
    levels.push(await levelOf(file, await directoryOnce(at)));
  if (levels.length === 1) {
    for (let next = first.next; next !== 0; ) {
      const page = await directoryOnce(next);
      next = page.next;
      const kind = await kindOf(file, page, levels.at(-1));
      if (kind === 'page') break;
      if (kind === 'level') levels.push(await levelOf(file, page));
      if (levels.length > MAX_LEVELS) throw damaged('too many levels');
    }
  }
  const [largest, ...rest] = levels.toSorted((a, b) => b.width - a.width);
  if (!largest) throw damaged('no directory');
  return {
    levels: [largest, ...rest],
    profile: await file.bytes(first.entries.get(TAG.profile), MAX_PROFILE),
    resolution: await resolutionOf(file, first),
  };
}

export async function kindOf(file: TiffFile, page: TiffDirectory, before: Size | undefined): Promise<'level' | 'page' | 'mask'> {
  const [type = 0] = await file.values(page.entries.get(TAG.subfileType), 1);
  if ((type & MASK) !== 0) return 'mask';
  if ((type & REDUCED) !== 0) return 'level';
  if ((type & PAGE) !== 0) return 'page';
  const [width = 0] = await file.values(page.entries.get(TAG.width), 1);
  const [height = 0] = await file.values(page.entries.get(TAG.height), 1);
  const half = (whole: number, part: number) => Math.abs(whole / 2 - part) <= 1;
  return before && half(before.width, width) && half(before.height, height) ? 'level' : 'page';
}

async function levelOf(file: TiffFile, { entries }: TiffDirectory): Promise<PyramidLevel> {
  const one = async (tag: number, otherwise?: number) => {
    const [value = otherwise] = await file.values(entries.get(tag), tag === TAG.bits ? 16 : 1);
    if (value === undefined) throw damaged(`no tag ${tag}`);
    return value;
  };
  const [width, height] = [await one(TAG.width), await one(TAG.height)];
  if (!entries.has(TAG.tileWidth)) throw damaged('strips instead of tiles');
  const [tileWidth, tileHeight] = [await one(TAG.tileWidth), await one(TAG.tileHeight)];
  if (width < 1 || height < 1 || tileWidth < 16 || tileHeight < 16 || tileWidth > 4096 || tileHeight > 4096)
    throw damaged('impossible sizes');
  const samples = await one(TAG.samples, 1);
  if (samples > 1 && (await one(TAG.planar, 1)) === PLANAR) throw damaged('the samples lie in planes');
  const across = Math.ceil(width / tileWidth);
  const down = Math.ceil(height / tileHeight);
  const tiles = across * down;
  if (tiles > MAX_TILES) throw damaged('too many tiles');
  const offsets = await file.values(entries.get(TAG.offsets), tiles);
  const counts = Uint32Array.from(await file.values(entries.get(TAG.counts), tiles));
  if (offsets.length !== tiles || counts.length !== tiles) throw damaged(`${offsets.length} tiles instead of ${tiles}`);
  return {
    width,
    height,
    tileWidth,
    tileHeight,
    across,
    down,
    compression: await one(TAG.compression, 1),
    photometric: await one(TAG.photometric),
    samples,
    bits: await one(TAG.bits, 1),
    predictor: await one(TAG.predictor, 1),
    tables: await file.bytes(entries.get(TAG.tables), MAX_TABLES),
    offsets,
    counts,
  };
}

async function resolutionOf(file: TiffFile, { entries }: TiffDirectory): Promise<readonly [number, number] | undefined> {
  const [unit = 2] = await file.values(entries.get(TAG.resolutionUnit), 1);
  const centimetres = unit === 2 || unit === 3 ? CENTIMETRES_OF[unit] : undefined;
  const [x = 0] = await file.values(entries.get(TAG.xResolution), 1);
  const [y = 0] = await file.values(entries.get(TAG.yResolution), 1);
  const usable = centimetres !== undefined && Number.isFinite(x) && Number.isFinite(y) && x > 0 && y > 0;
  return usable ? [x / centimetres, y / centimetres] : undefined;
}
