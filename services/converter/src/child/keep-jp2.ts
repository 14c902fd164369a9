import { copyFile } from 'node:fs/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { isJpeg2000, type Jp2Header, jp2Levels, readJp2Header } from '@vitrine/pyramid/jpeg2000/jp2-header.ts';
import { decodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import { profileName } from '../domain/profile-name.ts';
import type { ConversionTask, MasterFacts } from './conversion-task.ts';
import type { Made } from './made.ts';
import { demandPixels, readWhole, startOf } from './open-master.ts';

/** What of a file tells how it is to be read; profiles and metadata may stand before it. */
const JP2_HEADER = 4 * 1024 * 1024;
/** A size is decoded whole to show any part of it, and takes some 18 bytes a pixel. */
export const JP2_PIXELS = 40_000_000;

/** Each answer from JPEG 2000 is encoded anew: fewer and larger ones cost less. */
export const JP2_TILE = { width: 512, height: 512 } as const;
export const OPENJPEG = { openjpeg: '@cornerstonejs/codec-openjpeg 1.3' } as const;

/** Whether a master is JPEG 2000 that is served as it is. */
export async function isKeptJp2({ input, settings }: ConversionTask): Promise<boolean> {
  return settings.keepJp2 && isJpeg2000(await startOf(input, 16));
}

/**
 * A JPEG 2000 master served as it is: it has its smaller sizes in itself. Its largest and its smallest are decoded once before this returns.
 *
 * @throws Problem `master-format-unsupported`, `master-unreadable`, `master-too-large`
 */
export async function keepJp2({ input, output, maxPixels }: ConversionTask): Promise<Made> {
  const header = await jp2HeaderOf(input);
  const { width, height, channels, unfit } = header;
  if (unfit !== undefined) throw new Problem('master-format-unsupported', { detail: `JPEG 2000 with ${unfit} can’t be served as it is` });
  demandPixels(header, maxPixels);
  demandPixels(header, JP2_PIXELS, 'of JPEG 2000 that is served as it is (VITRINE_JP2_MASTERS=convert)');
  const levels = jp2Levels(header);
  const bytes = await readWhole(input);
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
    tile: JP2_TILE,
    format: 'jp2',
    encoding: 'jp2',
    master: jp2Facts(header),
    changes: ['used as it is: it has its smaller sizes in itself'],
    lost: [],
    kept: [],
    verified: { difference: 0, tolerance: 0, tiles: levels.length },
    libraries: OPENJPEG,
  };
}

/** @throws Problem `master-unreadable` */
export async function jp2HeaderOf(input: string): Promise<Jp2Header> {
  const header = readJp2Header(await startOf(input, JP2_HEADER));
  if (!header) throw new Problem('master-unreadable', { detail: 'a JPEG 2000 file without a header that can be read' });
  return header;
}

export function jp2Facts({ width, height, bits, channels, profile }: Jp2Header): MasterFacts {
  return {
    format: 'jp2',
    width,
    height,
    depth: bits <= 8 ? 'uchar' : 'ushort',
    bits,
    space: channels <= 2 ? 'b-w' : 'srgb',
    channels,
    orientation: 1,
    pages: 1,
    ...(profile ? { profile: profileName(profile) } : {}),
    alpha: channels === 2 || channels === 4,
  };
}
