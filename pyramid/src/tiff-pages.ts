import { kindOf, TAG } from './read-pyramid.ts';
import { damaged, type ReadRange, type TiffDirectory, TiffFile } from './tiff-file.ts';

/** A picture of a TIFF of its own: not a smaller copy of another, nor a mask. */
export type TiffPage = {
  /** Place of its directory among all of them, from 0. */
  readonly directory: number;
  readonly width: number;
  readonly height: number;
  readonly compression: number;
  readonly photometric: number;
  readonly samples: number;
  readonly bits: number;
  /** Each colour by itself. */
  readonly planar: boolean;
  /** It is divided into tiles, not strips. */
  readonly tiled: boolean;
  /** Rows that are packed together. */
  readonly rows: number;
  /** Levels or other pictures lie below it. */
  readonly hasSubDirectories: boolean;
};

const MAX_DIRECTORIES = 20_000;
const MAX_SAMPLES = 4096;
const PLANAR = 2;

/**
 * The pages of a TIFF (TIFF 6.0, section 2; NewSubfileType).
 *
 * @throws Problem `derivative-damaged` where its directories make no sense
 */
export async function tiffPages(read: ReadRange): Promise<readonly TiffPage[]> {
  const file = await TiffFile.open(read);
  const seen = new Set<number>();
  const pages: TiffPage[] = [];
  let before: { width: number; height: number } | undefined;
  for (let next = file.first; next !== 0; ) {
    if (seen.has(next) || seen.size >= MAX_DIRECTORIES) throw damaged('the directories form a loop');
    const directory = await file.directory(next);
    const kind = seen.size === 0 ? 'page' : await kindOf(file, directory, before);
    const page = await describe(file, directory, seen.size);
    if (kind === 'page') pages.push(page);
    if (kind !== 'mask') before = page;
    seen.add(next);
    next = directory.next;
  }
  return pages;
}

async function describe(file: TiffFile, { entries }: TiffDirectory, directory: number): Promise<TiffPage> {
  const first = async (tag: number, otherwise: number, most = 1) => (await file.values(entries.get(tag), most))[0] ?? otherwise;
  return {
    directory,
    width: await first(TAG.width, 0),
    height: await first(TAG.height, 0),
    compression: await first(TAG.compression, 1),
    photometric: await first(TAG.photometric, 0),
    samples: await first(TAG.samples, 1),
    bits: await first(TAG.bits, 1, MAX_SAMPLES),
    planar: (await first(TAG.planar, 1)) === PLANAR,
    tiled: entries.has(TAG.tileWidth),
    rows: Math.min(
      await first(TAG.height, 0),
      await first(entries.has(TAG.tileHeight) ? TAG.tileHeight : TAG.rowsPerStrip, Number.MAX_SAFE_INTEGER),
    ),
    hasSubDirectories: entries.has(TAG.subDirectories),
  };
}
