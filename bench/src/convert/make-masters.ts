import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { photographEntries } from '@vitrine/demo/photographs.ts';
import sharp from 'sharp';

/** 24 megapixels. */
const WIDTH = 6000;
const HEIGHT = 4000;
const STEP = 37;
const MARGIN = 1200;

/** Distinct photographs of 24 megapixels, half of them JPEG, half TIFF compressed by LZW, by turns. */
export async function makeMasters(folder: string, count: number, say: (text: string) => void): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadTiff'] });
  const { data, info } = await mosaic();
  const files: string[] = [];
  for (let n = 0; n < count; n++) {
    const part = sharp(data, { raw: info, limitInputPixels: false }).extract({
      left: (n * STEP) % MARGIN,
      top: (n * STEP * 3) % MARGIN,
      width: WIDTH,
      height: HEIGHT,
    });
    const file = join(folder, `master-${String(n).padStart(3, '0')}.${n % 2 === 0 ? 'jpg' : 'tif'}`);
    await (n % 2 === 0 ? part.jpeg({ quality: 92 }) : part.tiff({ compression: 'lzw', predictor: 'horizontal' })).toFile(file);
    files.push(file);
    if (n % 20 === 19) say(`  ${n + 1} of ${count} masters`);
  }
  return files;
}

/** The photographs of the demo side by side, enlarged to about as much detail a pixel as a scan has. */
async function mosaic() {
  const [width, height] = [WIDTH + MARGIN, HEIGHT + MARGIN];
  const tiles: { input: Buffer; left: number; top: number }[] = [];
  const entries = photographEntries();
  let n = 0;
  for (let top = 0; top < height; top += 1000)
    for (let left = 0; left < width; left += 1000) {
      const bytes = await entries[n++ % entries.length]?.images[0]?.master?.read();
      const size = { width: Math.min(1000, width - left), height: Math.min(1000, height - top) };
      tiles.push({
        input: await sharp(bytes)
          .resize({ ...size, fit: 'cover' })
          .toColourspace('srgb')
          .png({ compressionLevel: 1 })
          .toBuffer(),
        left,
        top,
      });
    }
  return sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .composite(tiles)
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
}
