import { profiledTiff } from '@vitrine/pyramid/wrap-tiff.ts';
import sharp, { type Sharp } from 'sharp';
import type { MasterFacts } from './conversion-task.ts';
import type { OpenMaster } from './open-master.ts';

/** What a decoder other than libvips made of a page: pixels row by row, a byte a sample. */
export type DrawnPage = { readonly data: Buffer; readonly width: number; readonly height: number; readonly channels: 1 | 2 | 3 | 4 };

/** A page that was decoded already, as what libvips goes on with. */
export function drawnMaster(
  { data, width, height, channels }: DrawnPage,
  {
    facts,
    profile,
    lost,
    libraries,
  }: { facts: MasterFacts; profile?: Buffer | undefined; lost: readonly string[]; libraries: Readonly<Record<string, string>> },
): OpenMaster {
  const wrapped = profile && (channels === 1 || channels === 3) ? profiledTiff(data, { width, height }, channels, profile) : undefined;
  const decode = (): Sharp =>
    wrapped
      ? sharp(wrapped, { limitInputPixels: false, failOn: 'error' })
      : sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  return {
    facts,
    size: { width, height },
    grey: channels <= 2,
    scaled: 'bytes',
    profile: wrapped && profile,
    xmp: undefined,
    iptc: undefined,
    interlaced: false,
    rows: 1,
    lost,
    libraries,
    decode,
  };
}
