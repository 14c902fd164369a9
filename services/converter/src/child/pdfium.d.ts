// What is used of @hyzyla/pdfium beside the types that it brings: PDFium's own functions (public/fpdfview.h).
declare module '@hyzyla/pdfium' {
  export type Pdfium = {
    readonly HEAPU8: Uint8Array;
    readonly wasmExports: { malloc(bytes: number): number; free(at: number): void };
    _FPDF_InitLibrary(): void;
    _FPDF_LoadMemDocument64(at: number, bytes: number, password: number): number;
    _FPDF_CloseDocument(document: number): void;
    _FPDF_GetLastError(): number;
    _FPDF_GetPageCount(document: number): number;
    /** Writes two 32-bit floats. */
    _FPDF_GetPageSizeByIndexF(document: number, page: number, size: number): number;
    _FPDF_LoadPage(document: number, page: number): number;
    _FPDF_ClosePage(page: number): void;
    _FPDFBitmap_CreateEx(width: number, height: number, format: number, at: number, stride: number): number;
    _FPDFBitmap_FillRect(bitmap: number, left: number, top: number, width: number, height: number, colour: number): number;
    _FPDF_RenderPageBitmap(
      bitmap: number,
      page: number,
      x: number,
      y: number,
      width: number,
      height: number,
      rotate: number,
      flags: number,
    ): void;
    _FPDFBitmap_Destroy(bitmap: number): void;
  };
  export function PDFiumModule(options: { print(text: string): void; printErr(text: string): void }): Promise<Pdfium>;
}
