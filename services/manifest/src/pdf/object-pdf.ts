import PDFDocument from 'pdfkit';
import type { PagePicture } from './page-picture.ts';

/** Points of the longer side of a page: that of A4. */
const SIDE = 842;

type Described = { readonly title: string; readonly subject: string | undefined };

/**
 * Pictures as the pages of a PDF (ISO 32000), as they are asked for: no more than a page is in memory. The same pictures give the same bytes.
 *
 * @param pictures one that is undefined has no page
 */
export async function* objectPdf({ title, subject }: Described, pictures: AsyncIterable<PagePicture | undefined>): AsyncGenerator<Buffer> {
  const document = new PDFDocument({
    autoFirstPage: false,
    margin: 0,
    info: { Title: title, CreationDate: new Date(0), Producer: 'Vitrine', ...(subject === undefined ? {} : { Subject: subject }) },
  });
  for await (const picture of pictures) {
    if (!picture) continue;
    const scale = SIDE / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    document.addPage({ size: [width, height], margin: 0 });
    document.image(picture.jpeg, 0, 0, { width, height });
    for (let part: unknown = document.read(); part !== null; part = document.read()) if (Buffer.isBuffer(part)) yield part;
  }
  document.end();
  for await (const part of document) if (Buffer.isBuffer(part)) yield part;
}
