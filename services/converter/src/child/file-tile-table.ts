import { open } from 'node:fs/promises';
import turbo from '@julusian/jpeg-turbo';
import { jpegSegments, MARKER } from '@vitrine/pyramid/jpeg-segments.ts';
import type { PyramidLevel, Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { makeTileTable } from '@vitrine/pyramid/tile-table.ts';
import sharp from 'sharp';
import { fileRange } from './file-range.ts';

/**
 * The tile table of a derivative in a file.
 *
 * @param restarts by level, the largest first, what writeRestarting() says
 * @throws Problem `derivative-damaged`
 */
export async function fileTileTable(path: string, quality: number, restarts: readonly Size[]): Promise<Buffer> {
  const file = await open(path);
  const read = fileRange(file);
  try {
    const { levels, ...pyramid } = await readPyramid(read);
    const [full, ...smaller] = levels;
    const restarting = (level: PyramidLevel, n: number) => ({ ...level, ...(restarts[n] ? { restarts: restarts[n] } : {}) });
    const told = [restarting(full, 0), ...smaller.map((level, n) => restarting(level, n + 1))] as const;
    return await makeTileTable(
      { ...pyramid, levels: told },
      {
        read: ({ offsets, counts }, tile) => {
          const from = offsets[tile] ?? 0;
          return read(from, from + (counts[tile] ?? 0));
        },
        extend: (jpeg, visible, wanted) => extendTile(jpeg, visible, wanted, quality),
      },
    );
  } finally {
    await file.close();
  }
}

/** From here on libvips keeps colours at their full size, as RGB, and so must what lies beside. */
const FULL_COLOURS = 90;

/** A tile with its last column or row again. libjpeg-turbo does in half a millisecond what takes libvips three. */
async function extendTile(jpeg: Buffer, visible: Size, wanted: Size, quality: number): Promise<Buffer> {
  const components = jpegSegments(jpeg)?.find(({ marker }) => marker === MARKER.sof0)?.payload[5];
  if (quality >= FULL_COLOURS || (components !== 1 && components !== 3)) return extendByLibvips(jpeg, visible, wanted, quality);
  const [format, subsampling] = components === 1 ? [turbo.FORMAT_GRAY, turbo.SAMP_GRAY] : [turbo.FORMAT_RGB, turbo.SAMP_420];
  const { data, width: stride } = turbo.decompressSync(jpeg, { format });
  const { width, height } = wanted;
  const extended = Buffer.allocUnsafe(width * height * components);
  for (let y = 0; y < height; y++) {
    const from = Math.min(y, visible.height - 1) * stride * components;
    const to = y * width * components;
    data.copy(extended, to, from, from + Math.min(width, visible.width) * components);
    for (let x = visible.width; x < width; x++)
      data.copy(extended, to + x * components, from + (visible.width - 1) * components, from + visible.width * components);
  }
  return Buffer.from(turbo.compressSync(extended, { format, width, height, subsampling, quality }));
}

function extendByLibvips(jpeg: Buffer, visible: Size, wanted: Size, quality: number): Promise<Buffer> {
  return sharp(jpeg)
    .extract({ left: 0, top: 0, ...visible })
    .extend({ right: wanted.width - visible.width, bottom: wanted.height - visible.height, extendWith: 'copy' })
    .jpeg({ quality })
    .toBuffer();
}
