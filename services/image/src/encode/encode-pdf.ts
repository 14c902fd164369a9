import PDFDocument from 'pdfkit';

/** A JPEG as the one page of a PDF, a point a pixel; the same bytes for the same picture. */
export async function encodePdf(jpeg: Buffer, width: number, height: number): Promise<Buffer> {
  const document = new PDFDocument({ size: [width, height], margin: 0, info: { CreationDate: new Date(0), Producer: 'Vitrine' } });
  const parts: Buffer[] = [];
  document.on('data', (part: Buffer) => parts.push(part));
  const ended = new Promise((resolve, reject) => document.once('end', resolve).once('error', reject));
  document.image(jpeg, 0, 0, { width, height });
  document.end();
  await ended;
  return Buffer.concat(parts);
}
