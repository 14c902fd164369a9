import { addresses } from './addresses.ts';

/** Presentation API 3.0, 3.3: the words of an object as a text of their own, where its pages have OCR. */
export const textRendering = (publicUrl: string, object: string) => ({
  id: addresses(publicUrl).text(object),
  type: 'Text',
  format: 'text/plain',
  label: { en: ['Text'] },
});

/** The images of an object as a PDF, where all of them are ours. */
export const pdfRendering = (publicUrl: string, object: string) => ({
  id: addresses(publicUrl).pdf(object),
  type: 'Text',
  format: 'application/pdf',
  label: { en: ['PDF'] },
});
