import type { Pdfium } from '@hyzyla/pdfium';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';

// public/fpdfview.h
const ANNOTATIONS = 0x01;
const REVERSED_BYTES = 0x10;
const LIMITED_CACHE = 0x200;
const BGRX = 3;
const WHITE = 0xffffffff;
const FLOATS = 8;
const RGBX = 4;

/** FPDF_GetLastError(). */
const REASONS = new Map([
  [3, 'it is no PDF, or damaged'],
  [4, 'it is locked by a password'],
  [5, 'its kind of encryption is unknown'],
]);

let opened: Promise<Pdfium> | undefined;

function pdfium(): Promise<Pdfium> {
  opened ??= import('@hyzyla/pdfium').then(async ({ PDFiumModule }) => {
    const library = await PDFiumModule({ print: () => {}, printErr: () => {} });
    library._FPDF_InitLibrary();
    return library;
  });
  return opened;
}

/** A PDF in memory, drawn by PDFium in WebAssembly: it runs no script and fetches nothing. */
export type PdfDocument = {
  readonly pages: number;
  /** Of a page from 0, in points; undefined where it is not there. */
  size(page: number): Size | undefined;
  /** @returns R, G, B and an unused byte a pixel, on white; undefined where the page can't be drawn */
  draw(page: number, size: Size): Uint8Array | undefined;
  close(): void;
};

/** @throws Error that says why in words */
export async function openPdfDocument(bytes: Uint8Array): Promise<PdfDocument> {
  const library = await pdfium();
  const { malloc, free } = library.wasmExports;
  const at = malloc(bytes.length);
  if (at === 0) throw new Error('it does not fit into memory');
  library.HEAPU8.set(bytes, at);
  const document = library._FPDF_LoadMemDocument64(at, bytes.length, 0);
  if (document === 0) {
    const reason = REASONS.get(library._FPDF_GetLastError());
    free(at);
    throw new Error(reason ?? 'it can’t be opened');
  }
  return {
    pages: library._FPDF_GetPageCount(document),
    size: (page) => {
      const place = malloc(FLOATS);
      try {
        if (!library._FPDF_GetPageSizeByIndexF(document, page, place)) return undefined;
        const floats = new DataView(library.HEAPU8.buffer, place, FLOATS);
        const [width, height] = [floats.getFloat32(0, true), floats.getFloat32(4, true)];
        return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : undefined;
      } finally {
        free(place);
      }
    },
    draw: (page, { width, height }) => {
      const loaded = library._FPDF_LoadPage(document, page);
      if (loaded === 0) return undefined;
      const length = width * height * RGBX;
      const place = malloc(length);
      try {
        const bitmap = place === 0 ? 0 : library._FPDFBitmap_CreateEx(width, height, BGRX, place, width * RGBX);
        if (bitmap === 0) return undefined;
        library._FPDFBitmap_FillRect(bitmap, 0, 0, width, height, WHITE);
        library._FPDF_RenderPageBitmap(bitmap, loaded, 0, 0, width, height, 0, ANNOTATIONS | REVERSED_BYTES | LIMITED_CACHE);
        library._FPDFBitmap_Destroy(bitmap);
        return library.HEAPU8.slice(place, place + length);
      } finally {
        if (place !== 0) free(place);
        library._FPDF_ClosePage(loaded);
      }
    },
    close: () => {
      library._FPDF_CloseDocument(document);
      free(at);
    },
  };
}
