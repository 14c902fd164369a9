import { stat } from 'node:fs/promises';
import type { ConversionTask } from './conversion-task.ts';
import { jp2HeaderOf } from './keep-jp2.ts';
import { openMaster, readWhole, sniff } from './open-master.ts';
import { openPdfDocument } from './pdf-document.ts';

const MEGABYTE = 1024 * 1024;
/** Of a process that has only begun. */
const PROCESS = 110 * MEGABYTE;
/** Rows of tiles that a pyramid under way holds, over all its levels. */
const STRIPS = 8;
/** Bytes a pixel that OpenJPEG takes to encode, beside the pixels. */
const JP2_ENCODER = 42;
/** Bytes a pixel of what V8 has not collected yet when the tiles were gone over, and how much it lets lie. */
const GARBAGE = 0.6;
const MOST_GARBAGE = 80 * MEGABYTE;

/**
 * About how much memory a conversion will take, from headers alone, in bytes. What streams through libvips is held in strips as wide as the image; what
 * can't be read from top to bottom is held whole.
 *
 * @throws Problem `master-format-unsupported`, `master-unreadable`
 */
export async function estimateMemory(task: ConversionTask): Promise<number> {
  const { input, page, settings } = task;
  const kind = await sniff(input);
  if (kind === 'jp2') {
    const { width, height, channels } = await jp2HeaderOf(input);
    return PROCESS + width * height * (10 + 3 * channels) + (await stat(input)).size * 2;
  }
  if (kind === 'pdf') {
    const bytes = await readWhole(input);
    const document = await openPdfDocument(bytes).catch(() => undefined);
    const size = document?.size(page - 1);
    document?.close();
    const scale = (settings.pdfDpi / 72) ** 2;
    return PROCESS + 25 * MEGABYTE + bytes.length * 2 + (size ? size.width * size.height * scale * 14 : 0);
  }
  const { facts, interlaced, scaled, rows } = await openMaster(task);
  const { width, height, channels, orientation } = facts;
  const pixel = channels * { bytes: 1, words: 2, numbers: 4 }[scaled];
  const whole = width * height * pixel;
  const strips = width * pixel * (settings.tile * STRIPS + rows);
  // Turned by a quarter, or of a format that is decoded in one go.
  const held = orientation >= 5 || kind === 'webp' || kind === 'gif' ? whole * 1.2 : kind === 'avif' ? whole * 2.5 : 0;
  // Coefficients of two bytes, colours at half their size; or all of the pixels.
  const passes = interlaced ? (kind === 'jpeg' ? width * height * Math.min(3, channels) * 1.6 : whole) : 0;
  const jp2 = settings.encoding === 'jp2' || settings.encoding === 'jp2-lossless' ? width * height * JP2_ENCODER : 0;
  return PROCESS + strips + held + passes + jp2 + Math.min(MOST_GARBAGE, width * height * GARBAGE);
}
