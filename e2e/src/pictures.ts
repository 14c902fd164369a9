import type { MuseumFile } from '@vitrine/demo/museum.ts';
import sharp from 'sharp';

type Picture = { width: number; height: number; seed: number; format: 'jpeg' | 'png' | 'tiff'; grey?: boolean };

/** A small picture with something in every tile; the same for the same seed. */
export function picture({ width, height, seed, format, grey = false }: Picture): MuseumFile {
  const hue = (seed * 67) % 360;
  const bands = Array.from({ length: 12 }, (_, n) => {
    const fill = grey ? `hsl(0 0% ${20 + ((n * 29 + seed) % 60)}%)` : `hsl(${(hue + n * 25) % 360} 60% ${35 + ((n * 7) % 40)}%)`;
    return `<rect x="${(n * width) / 12}" y="${((n * seed * 13) % 5) * 6}" width="${width / 12}" height="${height}" fill="${fill}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${grey ? '#888' : `hsl(${hue} 40% 80%)`}"/>${bands.join('')}<circle cx="${width / 2}" cy="${height / 2}" r="${height / 4}" fill="${grey ? '#eee' : '#fff'}"/></svg>`;
  return {
    type: `image/${format}`,
    read: async () => {
      const image = sharp(Buffer.from(svg)).flatten();
      const toned = grey ? image.grayscale().toColourspace('b-w') : image;
      if (format === 'tiff') return toned.tiff({ compression: 'lzw' }).toBuffer();
      return format === 'png' ? toned.png().toBuffer() : toned.jpeg({ quality: 90 }).toBuffer();
    },
  };
}

/** ALTO of a page of one line: each word 80 wide, 30 high, from 20,40 on. */
export function altoPage(words: readonly string[], width: number, height: number): MuseumFile {
  const strings = words
    .map((word, n) => `<String CONTENT="${word}" HPOS="${20 + n * 100}" VPOS="40" WIDTH="80" HEIGHT="30"/>`)
    .join('<SP/>');
  const text = `<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="${width}" HEIGHT="${height}"><PrintSpace><TextBlock><TextLine>${strings}</TextLine></TextBlock></PrintSpace></Page></Layout></alto>`;
  return { type: 'application/xml', read: async () => Buffer.from(text) };
}
