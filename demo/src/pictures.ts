import sharp from 'sharp';
import type { MuseumFile } from './museum.ts';

type Picture = { width: number; height: number; seed: number; format: 'jpeg' | 'png' | 'tiff'; grey?: boolean };

/** A small picture with something in every tile; the same for the same seed. Made of pixels, for a process that may load no picture. */
export function picture({ width, height, seed, format, grey = false }: Picture): MuseumFile {
  return {
    type: `image/${format}`,
    read: async () => {
      const channels = grey ? 1 : 3;
      const data = Buffer.alloc(width * height * channels);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (height / 4) ** 2;
          for (let band = 0; band < channels; band++) {
            const wave = 128 + 90 * Math.sin((x * (band + 1) + seed * 40) / 60) * Math.cos((y + seed * 25 * band) / 80);
            data[(y * width + x) * channels + band] = inside ? 250 - seed * 3 : Math.round(wave);
          }
        }
      }
      const image = sharp(data, { raw: { width, height, channels } }).toColourspace(grey ? 'b-w' : 'srgb');
      if (format === 'tiff') return image.tiff({ compression: 'lzw' }).toBuffer();
      return format === 'png' ? image.png().toBuffer() : image.jpeg({ quality: 90 }).toBuffer();
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
