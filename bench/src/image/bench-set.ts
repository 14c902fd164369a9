import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { imageVersion } from '@vitrine/contracts/image-version.ts';
import { convertMaster } from '@vitrine/converter/child/convert-master.ts';
import { standardSettings } from '@vitrine/converter/conversion-settings.ts';
import { hashFile } from '@vitrine/converter/hash-file.ts';
import { photographEntries } from '@vitrine/demo/photographs.ts';
import { openFilesystemBlobs } from '@vitrine/platform/blobs/filesystem.ts';
import sharp from 'sharp';

/** 80 megapixels, of which neither side is a multiple of a tile. */
export const WIDTH = 10_328;
export const HEIGHT = 7_750;
export const TILE = 256;
/** Photographs side by side: about as much detail a pixel as a scan has. */
const ENLARGED = 2;

export type Size = { readonly width: number; readonly height: number };

/** A derivative as the converter makes it, in a folder of blobs, and what the image service must know of it. */
export type BenchSet = {
  readonly blobs: string;
  readonly image: string;
  readonly version: string;
  readonly derivative: string;
  readonly tiles: string;
  /** The derivative's file. */
  readonly file: string;
  readonly levels: readonly Size[];
};

export async function makeBenchSet(folder: string): Promise<BenchSet> {
  const root = join(folder, 'blobs');
  const blobs = await openFilesystemBlobs(root);
  const [input, output, table] = ['master.tif', 'derivative.tif', 'derivative.tiles'].map((name) => join(folder, name));
  if (!input || !output || !table) throw new RangeError('three names');
  await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#808080' } })
    .composite(await mosaic())
    .tiff({ tile: true, compression: 'jpeg', quality: 95 })
    .toFile(input);
  const { levels } = await convertMaster({
    input,
    output,
    tiles: table,
    page: 1,
    settings: { ...standardSettings, tile: TILE, thumbnails: [] },
    maxPixels: 200_000_000,
  });
  const sha256 = await hashFile(output);
  const derivative = `converter/derivatives/${sha256}.tif`;
  const tiles = `converter/tile-tables/${sha256}.tiles`;
  await blobs.put(derivative, createReadStream(output));
  await blobs.put(tiles, createReadStream(table));
  await Promise.all([input, output, table].map((file) => rm(file)));
  await blobs.close();
  return { blobs: root, image: 'bench-photograph', version: imageVersion(sha256), derivative, tiles, file: join(root, derivative), levels };
}

async function mosaic() {
  sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng'] });
  const pictures = await Promise.all(
    photographEntries().map(async ({ images: [image] }) => {
      const bytes = await image?.master?.read();
      const { width, height } = await sharp(bytes).metadata();
      const side = { width: width * ENLARGED, height: height * ENLARGED };
      return { ...side, input: await sharp(bytes).resize(side).toColourspace('srgb').png({ compressionLevel: 1 }).toBuffer() };
    }),
  );
  const layers: { input: Buffer; left: number; top: number }[] = [];
  let n = 0;
  for (let top = 0; top < HEIGHT; top += 1200)
    for (let left = 0; left < WIDTH; ) {
      const picture = pictures[n++ % pictures.length];
      if (!picture) break;
      const [width, height] = [Math.min(picture.width, WIDTH - left), Math.min(picture.height, HEIGHT - top)];
      const input = await sharp(picture.input).extract({ left: 0, top: 0, width, height }).png({ compressionLevel: 1 }).toBuffer();
      layers.push({ input, left, top });
      left += picture.width;
    }
  return layers;
}
