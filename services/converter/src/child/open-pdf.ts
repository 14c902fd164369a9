import { Problem } from '@vitrine/platform/problem.ts';
import type { ConversionTask } from './conversion-task.ts';
import { type DrawnPage, drawnMaster } from './drawn-page.ts';
import { demandPixels, type OpenMaster, readWhole } from './open-master.ts';
import { openPdfDocument } from './pdf-document.ts';

const POINTS_PER_INCH = 72;
const CENTIMETRES_PER_INCH = 2.54;
/** What PDFium draws into is one piece of WebAssembly's memory. */
const MOST_PIXELS = 250_000_000;
/** A document may claim any number of pages. */
const MOST_PAGES = 10_000;
const RGBX = 4;

/**
 * A page of a PDF, drawn on white at the resolution of the settings.
 *
 * @throws Problem `master-unreadable`, `master-too-large`
 */
export async function openPdf({ input, page, settings, maxPixels }: ConversionTask): Promise<OpenMaster> {
  const document = await openPdfDocument(await readWhole(input)).catch((cause: unknown) => {
    throw new Problem('master-unreadable', { detail: `the PDF: ${cause instanceof Error ? cause.message : cause}`, cause });
  });
  try {
    const { pages } = document;
    if (pages < 1) throw new Problem('master-unreadable', { detail: 'the PDF has no page' });
    if (pages > MOST_PAGES)
      throw new Problem('master-too-large', { detail: `the PDF claims ${pages} pages, at most ${MOST_PAGES} are drawn` });
    const points = document.size(page - 1);
    if (!points) throw new Problem('master-unreadable', { detail: `page ${page} of the PDF can’t be read` });
    const pixels = (side: number) => Math.max(1, Math.round((side * settings.pdfDpi) / POINTS_PER_INCH));
    const size = { width: pixels(points.width), height: pixels(points.height) };
    demandPixels(size, maxPixels);
    demandPixels(size, MOST_PIXELS, 'of a drawn page (VITRINE_PDF_DPI)');
    const drawn = document.draw(page - 1, size);
    if (!drawn) throw new Problem('master-unreadable', { detail: `page ${page} of the PDF can’t be drawn` });
    const scale = Number((settings.pdfDpi / CENTIMETRES_PER_INCH).toPrecision(6));
    return drawnMaster(withoutFourth(drawn, size), {
      facts: {
        format: 'pdf',
        ...size,
        depth: 'uchar',
        space: 'srgb',
        channels: 3,
        orientation: 1,
        pages,
        alpha: false,
        pixelsPerCentimetre: scale,
      },
      lost: ['text and lines as such: the page is drawn'],
      libraries: { pdfium: '@hyzyla/pdfium 2.1' },
    });
  } finally {
    document.close();
  }
}

function withoutFourth(data: Uint8Array, { width, height }: { width: number; height: number }): DrawnPage {
  const made = Buffer.allocUnsafe(width * height * 3);
  for (let from = 0, to = 0; to < made.length; from += RGBX, to += 3) {
    made[to] = data[from] ?? 0;
    made[to + 1] = data[from + 1] ?? 0;
    made[to + 2] = data[from + 2] ?? 0;
  }
  return { data: made, width, height, channels: 3 };
}
