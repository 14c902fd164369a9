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
  const wanted = [...new Set(settings.thumbnails)].filter((side) => side < Math.max(full.width, full.height)).toSorted((a, b) => b - a);
  const [largest] = wanted;
  if (largest === undefined) return [];
  const most = within(full, largest);
  const level = levels.findLastIndex(({ width, height }) => width >= most.width && height >= most.height);
  const failed = (thrown: unknown) => {
    throw unreadable(thrown);
  };
  const { data, info } = await (await levelOf(output, Math.max(0, level), format))
    .flatten({ background: settings.background })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch(failed);
  const { width, height, channels } = info;
  const made: ConversionResult['thumbnails'] = [];
  for (const side of wanted) {
    const size = within(full, side);
    const file = `${output}.${side}.jpg`;
    const small = sharp(data, { raw: { width, height, channels }, limitInputPixels: false }).resize(size.width, size.height, {
      fit: 'fill',
    });
    await (channels === 1 ? small.toColourspace('b-w') : small).jpeg({ quality: settings.quality }).toFile(file).catch(failed);
    made.unshift({ ...size, file });
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
