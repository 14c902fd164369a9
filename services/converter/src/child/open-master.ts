import { open, readFile, stat } from 'node:fs/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { tiffPages } from '@vitrine/pyramid/tiff-pages.ts';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { profileName } from '../domain/profile-name.ts';
import { SNIFFED, type SniffedMaster, sniffMaster } from '../domain/sniff-master.ts';
import { unsupportedTiff } from '../domain/unsupported-tiff.ts';
import type { ConversionTask, MasterFacts } from './conversion-task.ts';
import { fileRange } from './file-range.ts';
import { openJp2 } from './open-jp2.ts';
import { openPdf } from './open-pdf.ts';
import { type Band, sampleTiff } from './tiff-sample.ts';
import { unreadable } from './unreadable.ts';

/** A page of a master, described and ready to be decoded. */
export type OpenMaster = {
  readonly facts: MasterFacts;
  /** Its size when it is upright. */
  readonly size: { readonly width: number; readonly height: number };
  /** Whether it is shades of grey alone. */
  readonly grey: boolean;
  /** Whether its samples are other than 0 to 255, or 0 to 65535. */
  readonly scaled: 'bytes' | 'words' | 'numbers';
  readonly profile: Buffer | undefined;
  readonly xmp: string | undefined;
  readonly iptc: Buffer | undefined;
  /** Whether its rows come in several passes; and how many are packed together, so that they are decoded in one go. */
  readonly interlaced: boolean;
  readonly rows: number;
  /** What of the file is left out from the start, in sentences. */
  readonly lost: readonly string[];
  /** Of what decodes it, beside libvips. */
  readonly libraries?: Readonly<Record<string, string>>;
  /** Its pixels, as they are in the file: each call decodes anew. */
  decode(): Sharp;
  /** Some of them, where that is quicker than all. */
  readonly sample?: { readonly bands: readonly Band[]; decode(): Sharp } | undefined;
};

// All loaders are off but those of the formats that are read: content decides, not a file's name.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpeg',
    'VipsForeignLoadPng',
    'VipsForeignLoadTiff',
    'VipsForeignLoadWebp',
    'VipsForeignLoadHeif',
    'VipsForeignLoadNsgif',
  ],
});
sharp.cache(false);

/**
 * Opens a page of a master by what it is, whatever it is called.
 *
 * @throws Problem `master-format-unsupported`, `master-unreadable`, `master-too-large`
 */
export async function openMaster(task: ConversionTask): Promise<OpenMaster> {
  const kind = await sniff(task.input);
  if (kind === 'jp2') return openJp2(task);
  if (kind === 'pdf') return openPdf(task);
  return openByLibvips(task, kind);
}

export async function sniff(path: string): Promise<Exclude<SniffedMaster['kind'], 'unsupported'>> {
  const found = sniffMaster(await startOf(path, SNIFFED));
  if (!found) throw new Problem('master-format-unsupported', { detail: 'the file begins like none that is known' });
  if (found.kind === 'unsupported') throw new Problem('master-format-unsupported', { detail: `the file is ${found.what}` });
  return found.kind;
}

export async function startOf(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    return await fileRange(file)(0, length);
  } finally {
    await file.close();
  }
}

type Pages = { readonly count: number; readonly directory: number; readonly bits?: number; readonly rows?: number };

async function openByLibvips({ input, page, maxPixels }: ConversionTask, kind: string): Promise<OpenMaster> {
  const pages = kind === 'tiff' ? await tiffPage(input, page) : { count: 1, directory: 0 };
  if (page > pages.count) throw new Problem('master-unreadable', { detail: `it has no page ${page}` });
  const metadata = await sharp(input, { page: pages.directory, limitInputPixels: false })
    .metadata()
    .catch((thrown: unknown) => {
      throw unreadable(thrown);
    });
  demandPixels(metadata, maxPixels);
  if (metadata.format === 'heif' && metadata.compression !== 'av1')
    throw new Problem('master-format-unsupported', { detail: 'the file is a HEIC file' });
  if (metadata.channels > 5) throw new Problem('master-format-unsupported', { detail: `the image has ${metadata.channels} channels` });
  const { orientation = 1, icc, xmp, iptc } = metadata;
  const turned = orientation >= 5;
  const frames = kind === 'tiff' ? 1 : (metadata.pages ?? 1);
  return {
    facts: factsOf(metadata, kind, pages),
    size: turned ? { width: metadata.height, height: metadata.width } : { width: metadata.width, height: metadata.height },
    grey: metadata.channels <= 2 && metadata.space !== 'cmyk',
    scaled: metadata.depth === 'uchar' ? 'bytes' : metadata.depth === 'ushort' ? 'words' : 'numbers',
    profile: icc,
    xmp: xmp?.toString('utf8'),
    iptc,
    interlaced: metadata.isProgressive,
    rows: pages.rows ?? 1,
    lost: frames > 1 ? [`${frames - 1} of ${frames} frames: the first is shown`] : [],
    sample: await sampleOf(input, kind, pages, metadata),
    decode: () => sharp(input, { page: pages.directory, limitInputPixels: maxPixels, failOn: 'error', sequentialRead: true }).autoOrient(),
  };
}

async function sampleOf(input: string, kind: string, { directory }: Pages, { orientation = 1 }: Metadata): Promise<OpenMaster['sample']> {
  if (kind !== 'tiff' || orientation !== 1) return undefined;
  const sample = await sampleTiff(input, directory).catch(() => undefined);
  return sample && { bands: sample.bands, decode: () => sharp(sample.file, { limitInputPixels: false, failOn: 'error' }) };
}

/**
 * @param what limits them, where it is no setting
 * @throws Problem `master-too-large`
 */
export function demandPixels({ width, height }: { width: number; height: number }, maxPixels: number, what?: string): void {
  if (width * height > maxPixels)
    throw new Problem('master-too-large', {
      detail: `${width} × ${height} pixels, at most ${maxPixels} ${what === undefined ? '(VITRINE_MASTER_MAX_PIXELS)' : what}`,
    });
}

/** Where a page of a TIFF is. Where our reader can't make sense of the directories, the first is left to libvips. */
async function tiffPage(input: string, page: number): Promise<Pages> {
  const file = await open(input);
  try {
    const pages = await tiffPages(fileRange(file)).catch(() => []);
    const wanted = pages[page - 1];
    const unsupported = wanted && unsupportedTiff(wanted);
    if (unsupported !== undefined) throw new Problem('master-format-unsupported', { detail: `the file is ${unsupported}` });
    return {
      count: Math.max(1, pages.length),
      directory: wanted?.directory ?? 0,
      ...(wanted ? { bits: wanted.bits, rows: wanted.rows } : {}),
    };
  } finally {
    await file.close();
  }
}

function factsOf(metadata: Metadata, kind: string, { count, bits }: Pages): MasterFacts {
  const { width, height, depth, space, channels, orientation = 1, icc, hasAlpha, compression, bitsPerSample } = metadata;
  const deep = bits ?? bitsPerSample;
  return {
    format: kind,
    ...(compression === undefined ? {} : { compression }),
    width,
    height,
    depth,
    ...(deep === undefined ? {} : { bits: deep }),
    space,
    channels,
    orientation,
    pages: count,
    ...(icc ? { profile: profileName(icc) } : {}),
    alpha: hasAlpha,
    ...physicalScale(metadata),
  };
}

const CENTIMETRES_PER_INCH = 2.54;
/** What programs write that know no resolution. */
const MEANINGLESS = [1, 72, 96];

function physicalScale({ density }: Metadata): { pixelsPerCentimetre?: number } {
  if (density === undefined || density <= 0 || MEANINGLESS.includes(density)) return {};
  return { pixelsPerCentimetre: Number((density / CENTIMETRES_PER_INCH).toPrecision(6)) };
}

const WHOLE_FILE = 2 ** 31 - 1;

/** A file that its decoder wants whole. @throws Problem `master-too-large` */
export async function readWhole(path: string): Promise<Buffer> {
  const bytes = await bytesOf(path);
  if (bytes > WHOLE_FILE)
    throw new Problem('master-too-large', { detail: `${bytes} bytes; of PDF and JPEG 2000 at most two gigabytes are read` });
  return readFile(path);
}

/** The size of a file in bytes. */
export const bytesOf = async (path: string): Promise<number> => (await stat(path)).size;
