import turbo from '@julusian/jpeg-turbo';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';

const QUALITY = 85;
const CHANNELS = 3;

/** What shows of a tile, and its last column and row again where it is to be wider or higher. */
export async function extendTile(jpeg: Buffer, visible: Size, { width, height }: Size): Promise<Buffer> {
  const tile = await turbo.decompress(jpeg, { format: turbo.FORMAT_RGB });
  const data = Buffer.allocUnsafe(width * height * CHANNELS);
  for (let y = 0; y < height; y++) {
    const from = Math.min(y, visible.height - 1) * tile.width * CHANNELS;
    const to = y * width * CHANNELS;
    tile.data.copy(data, to, from, from + visible.width * CHANNELS);
    const last = from + (visible.width - 1) * CHANNELS;
    for (let x = visible.width; x < width; x++) tile.data.copy(data, to + x * CHANNELS, last, last + CHANNELS);
  }
  return turbo.compress(data, { format: turbo.FORMAT_RGB, width, height, subsampling: turbo.SAMP_420, quality: QUALITY });
}
