import { writeFile } from 'node:fs/promises';
import { asProblem, Problem } from '@vitrine/platform/problem.ts';
import sharp, { type Metadata } from 'sharp';
import { isDiskFault } from '../disk-fault.ts';
import type { ConversionResult, ConversionTask } from './conversion-task.ts';
import { fileTileTable } from './file-tile-table.ts';
import { isJp2, keepJp2 } from './keep-jp2.ts';
import { restartTiles } from './restart-tiles.ts';
import { verifyDerivative } from './verify-derivative.ts';

const READ = new Set(['jpeg', 'png', 'tiff']);
/** From this many pixels on, a file of JPEG tiles may pass 4 GB. */
const BIG_TIFF_PIXELS = 1_000_000_000;

// All loaders are off but those of the formats that are read: content decides, not a file's name.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff'] });
sharp.cache(false);

/**
 * A master into a pyramidal TIFF, but for JPEG 2000: upright, sRGB or grey, 8 bits, alpha flattened on white, JPEG tiles, a page a level. Every tile of it is
 * decoded once and compared before this returns.
 *
 * @throws Problem `master-unreadable`, `master-too-large`, `derivative-unverified`
 */
export async function convertMaster(task: ConversionTask): Promise<ConversionResult> {
  const { input, output, quality, tile, maxPixels } = task;
  if (await isJp2(input)) return keepJp2(task);
  const metadata = await describe(input, maxPixels);
  const pages = await pagesOf(input, metadata);
  const grey = metadata.channels <= 2 && metadata.space !== 'cmyk';
  const changes = changesOf(metadata, grey, pages);
  const pixels = metadata.width * metadata.height;
  try {
    await sharp(input, { limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .toColourspace(grey ? 'b-w' : 'srgb')
      .tiff({
        tile: true,
        tileWidth: tile,
        tileHeight: tile,
        pyramid: true,
        compression: 'jpeg',
        quality,
        bigtiff: pixels >= BIG_TIFF_PIXELS,
      })
      .toFile(output);
  } catch (thrown) {
    throw unreadable(thrown);
  }
  const restarts = await restartTiles(output);
  const { levels, difference } = await verifyDerivative(task, metadata);
  await writeFile(task.tiles, await fileTileTable(output, quality, restarts));
  const [full] = levels;
  if (!full) throw new Problem('derivative-unverified', { detail: 'no level' });
  return {
    ...full,
    levels,
    master: {
      format: metadata.format,
      width: metadata.width,
      height: metadata.height,
      depth: metadata.depth,
      space: metadata.space,
      channels: metadata.channels,
      orientation: metadata.orientation ?? 1,
      pages,
      profile: metadata.icc !== undefined,
      alpha: metadata.hasAlpha,
      ...physicalScale(metadata),
    },
    changes,
    difference,
    libraries: { sharp: sharp.versions.sharp, vips: sharp.versions.vips },
  };
}

const CENTIMETRES_PER_INCH = 2.54;
/** What programs write that know no resolution. */
const MEANINGLESS = [1, 72, 96];

function physicalScale({ density }: Metadata): { pixelsPerCentimetre?: number } {
  if (density === undefined || density <= 0 || MEANINGLESS.includes(density)) return {};
  return { pixelsPerCentimetre: Number((density / CENTIMETRES_PER_INCH).toPrecision(6)) };
}

async function describe(input: string, maxPixels: number): Promise<Metadata> {
  let metadata: Metadata;
  try {
    metadata = await sharp(input, { limitInputPixels: false }).metadata();
  } catch (thrown) {
    throw unreadable(thrown);
  }
  if (!READ.has(metadata.format)) throw new Problem('master-unreadable', { detail: `${metadata.format} is not read` });
  const pixels = metadata.width * metadata.height;
  if (pixels > maxPixels)
    throw new Problem('master-too-large', { detail: `${metadata.width} × ${metadata.height} pixels, at most ${maxPixels}` });
  return metadata;
}

/** Pages of a TIFF that are each half of the one before are the levels of a pyramid, one page. */
async function pagesOf(input: string, { format, pages = 1, width }: Metadata): Promise<number> {
  if (format !== 'tiff' || pages === 1) return 1;
  // A second page that can't be read is no level, and nothing that the first needs.
  const second = await sharp(input, { page: 1, limitInputPixels: false })
    .metadata()
    .catch(() => undefined);
  return second && second.width <= width * 0.6 ? 1 : pages;
}

function changesOf({ icc, hasAlpha, orientation = 1, depth, space }: Metadata, grey: boolean, pages: number): string[] {
  const changes: string[] = [];
  if (orientation !== 1) changes.push(`turned upright (orientation ${orientation})`);
  if (hasAlpha) changes.push('transparency flattened on white');
  if (depth !== 'uchar') changes.push(`${depth} samples reduced to 8 bits`);
  if (!grey)
    changes.push(
      icc ? `converted from the embedded profile (${space}) to sRGB` : `no profile: ${space} taken as it is and converted to sRGB`,
    );
  if (pages > 1) changes.push(`the first of ${pages} pages was converted`);
  return changes;
}

function unreadable(thrown: unknown): Problem {
  const problem = asProblem(thrown);
  const [line = ''] = (problem.detail ?? '').split('\n');
  if (problem.code !== 'unexpected') return problem;
  // A full disk is ours, not the master's.
  const code = isDiskFault(thrown) ? 'port-unavailable' : 'master-unreadable';
  return new Problem(code, { detail: line.slice(0, 300), cause: thrown });
}
