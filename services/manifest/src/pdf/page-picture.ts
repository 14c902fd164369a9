import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { withDeadline } from '@vitrine/platform/with-deadline.ts';
import type { PyramidLevel } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import type { ReadRange } from '@vitrine/pyramid/tiff-file.ts';
import { wrapTiff } from '@vitrine/pyramid/wrap-tiff.ts';
import sharp from 'sharp';
import type { ImageFacts } from '../stores.ts';

/** Pixels of the longer side of a page, at the most: some 200 an inch of a sheet of paper. */
const LONGEST = 2400;
const QUALITY = 85;
/** Milliseconds in which storage must answer. */
const STORAGE = 10_000;
/** Seconds that a page may take to be decoded. */
const LONGEST_STEP = 60;

export type PagePicture = { readonly jpeg: Buffer; readonly width: number; readonly height: number };

/**
 * A picture of an image that is good for a page: the largest level of its pyramid that is not larger than one needs, of which only the tiles are read; else the small copy. Undefined where there is neither.
 *
 * @throws Problem `blob-missing`, `port-unavailable`, `derivative-damaged`
 */
export async function pagePicture(blobs: Blobs, { pixels }: Pick<ImageFacts, 'pixels'>): Promise<PagePicture | undefined> {
  if (!pixels) return undefined;
  const { derivative, isPyramid, small } = pixels;
  const picture = isPyramid ? await ofPyramid(blobs, derivative.key) : undefined;
  return picture ?? (small && sized(await blobs.read(small.key)));
}

async function ofPyramid(blobs: Blobs, key: string): Promise<PagePicture | undefined> {
  const reader = await blobs.reader(key);
  const read = (from: number, to: number) => withDeadline('storage', STORAGE, () => reader.read({ from, to }));
  try {
    const { levels, profile } = await readPyramid(read);
    const fitting = levels.filter(({ width, height }) => Math.max(width, height) <= LONGEST);
    const level = fitting.toSorted((a, b) => b.width - a.width)[0] ?? levels.at(-1);
    if (!level || Math.max(level.width, level.height) > 2 * LONGEST) return undefined;
    return { jpeg: await decoded(level, profile, read), width: level.width, height: level.height };
  } finally {
    reader.close();
  }
}

/** A level of which no more is read than its tiles, whatever they are encoded by. */
async function decoded(level: PyramidLevel, profile: Buffer | undefined, read: ReadRange): Promise<Buffer> {
  const { across, down, width, height, offsets, counts } = level;
  const tiles: Buffer[] = [];
  for (const [tile, from] of offsets.entries()) tiles.push(await read(from, from + (counts[tile] ?? 0)));
  try {
    return await sharp(wrapTiff(level, { column: 0, row: 0, across, down }, tiles, profile), { failOn: 'error' })
      .extract({ left: 0, top: 0, width, height })
      .timeout({ seconds: LONGEST_STEP })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .jpeg({ quality: QUALITY })
      .toBuffer();
  } catch (cause) {
    throw new Problem('derivative-damaged', { detail: cause instanceof Error ? cause.message : String(cause), cause });
  }
}

async function sized(jpeg: Buffer): Promise<PagePicture> {
  const { width = 1, height = 1 } = await sharp(jpeg).metadata();
  return { jpeg, width, height };
}
