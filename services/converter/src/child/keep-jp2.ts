import { copyFile, open, readFile } from 'node:fs/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { isJpeg2000, jp2Levels, readJp2Header } from '@vitrine/pyramid/jpeg2000/jp2-header.ts';
import { decodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { ConversionResult, ConversionTask } from './conversion-task.ts';
import { fileRange } from './file-range.ts';

/** What of a file tells how it is to be read; profiles and metadata may stand before it. */
const HEADER = 4 * 1024 * 1024;
/** A size is decoded whole to show any part of it, and takes some 18 bytes a pixel. */
const MAX_PIXELS = 40_000_000;

/** Whether a master is JPEG 2000, by its content. */
export async function isJp2(path: string): Promise<boolean> {
  return isJpeg2000(await startOf(path, 16));
}

/**
 * A JPEG 2000 master is served as it is: it has its smaller sizes in itself. Its largest and its smallest are decoded once before this returns.
 *
 * @throws Problem `master-unreadable`, `master-too-large`
 */
export async function keepJp2({ input, output, maxPixels }: ConversionTask): Promise<ConversionResult> {
  const header = readJp2Header(await startOf(input, HEADER));
  if (!header) throw new Problem('master-unreadable', { detail: 'a JPEG 2000 file without a header that can be read' });
  const { width, height, channels, bits, profile, unfit } = header;
  if (unfit !== undefined) throw new Problem('master-unreadable', { detail: `JPEG 2000 with ${unfit} is not read` });
  const most = Math.min(maxPixels, MAX_PIXELS);
  if (width * height > most) throw new Problem('master-too-large', { detail: `${width} × ${height} pixels of JPEG 2000, at most ${most}` });
  const levels = jp2Levels(header);
  const bytes = await readFile(input);
  for (const level of new Set([0, levels.length - 1])) {
    const expected = levels[level];
    const decoded = await decodeJp2(bytes, level).catch((cause: unknown) => {
      throw new Problem('master-unreadable', { detail: `its JPEG 2000 can't be decoded at 1/${2 ** level}`, cause });
    });
    if (decoded.width !== expected?.width || decoded.height !== expected.height || decoded.channels !== channels)
      throw new Problem('master-unreadable', { detail: `its JPEG 2000 is ${decoded.width} × ${decoded.height} at 1/${2 ** level}` });
  }
  await copyFile(input, output);
  return {
    width,
    height,
    levels,
    format: 'jp2',
    master: {
      format: 'jp2',
      width,
      height,
      depth: bits <= 8 ? 'uchar' : 'ushort',
      space: channels === 1 ? 'b-w' : 'srgb',
      channels,
      orientation: 1,
      pages: 1,
      profile: profile !== undefined,
      alpha: false,
    },
    changes: ['served as it is'],
    difference: 0,
    libraries: { openjpeg: '@cornerstonejs/codec-openjpeg' },
  };
}

async function startOf(path: string, length: number): Promise<Buffer> {
  const file = await open(path);
  try {
    return await fileRange(file)(0, length);
  } finally {
    await file.close();
  }
}
