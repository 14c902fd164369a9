import { readFile } from 'node:fs/promises';
import { decodeJp2 } from '@vitrine/pyramid/jpeg2000/openjpeg.ts';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import sharp, { type Sharp } from 'sharp';
import type { ConversionResult, ConversionTask } from './conversion-task.ts';
import { unreadable } from './unreadable.ts';

type Made = Pick<ConversionResult, 'levels' | 'format'>;

/** Small copies of the whole image, from the smallest level that is large enough; an image that is smaller itself has none of that size. */
export async function makeThumbnails(
  { output, settings }: ConversionTask,
  { levels, format }: Made,
): Promise<ConversionResult['thumbnails']> {
  const [full] = levels;
  if (!full) return [];
  const made: ConversionResult['thumbnails'] = [];
  for (const side of [...new Set(settings.thumbnails)].toSorted((a, b) => a - b)) {
    if (side >= Math.max(full.width, full.height)) continue;
    const size = within(full, side);
    const level = levels.findLastIndex(({ width, height }) => width >= size.width && height >= size.height);
    const file = `${output}.${side}.jpg`;
    await (await levelOf(output, Math.max(0, level), format))
      .flatten({ background: settings.background })
      .resize(size.width, size.height, { fit: 'fill' })
      .jpeg({ quality: settings.quality })
      .toFile(file)
      .catch((thrown: unknown) => {
        throw unreadable(thrown);
      });
    made.push({ ...size, file });
  }
  return made;
}

/** The size within a square: as the image service answers `!side,side` (Image API 3.0, 4.2). */
function within({ width, height }: Size, side: number): Size {
  const scale = side / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function levelOf(output: string, level: number, format: ConversionResult['format']): Promise<Sharp> {
  if (format === undefined) return sharp(output, { page: level, limitInputPixels: false });
  const { data, width, height, channels } = await decodeJp2(await readFile(output), level);
  return sharp(data, { raw: { width, height, channels: channels === 1 ? 1 : 3 }, limitInputPixels: false });
}
