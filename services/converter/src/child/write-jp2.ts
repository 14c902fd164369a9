import { writeFile } from 'node:fs/promises';
import { Problem } from '@vitrine/platform/problem.ts';
import { jp2File } from '@vitrine/pyramid/jpeg2000/jp2-file.ts';
import { jp2Levels, readJp2Header } from '@vitrine/pyramid/jpeg2000/jp2-header.ts';
import { encodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import type { Sharp } from 'sharp';
import type { ConversionTask } from './conversion-task.ts';
import { unreadable } from './unreadable.ts';

/** A JPEG 2000 file, by OpenJPEG, which wants the whole image in memory. @returns the sizes that it has in itself */
export async function writeJp2({ output, settings }: ConversionTask, image: () => Sharp, lossless: boolean): Promise<Size[]> {
  const { data, info } = await image()
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((thrown: unknown) => {
      throw unreadable(thrown);
    });
  const { width, height, channels } = info;
  if (channels !== 1 && channels !== 3) throw new Problem('unexpected', { detail: `${channels} channels for JPEG 2000` });
  const file = jp2File(await encodeJp2({ data, width, height, channels }, lossless ? 'lossless' : settings.jp2Ratio), {
    width,
    height,
    channels,
  });
  await writeFile(output, file);
  const header = readJp2Header(file);
  if (!header) throw new Problem('derivative-unverified', { detail: 'a JPEG 2000 file without a header' });
  return jp2Levels(header);
}
