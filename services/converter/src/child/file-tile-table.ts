import { open } from 'node:fs/promises';
import type { Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { makeTileTable } from '@vitrine/pyramid/tile-table.ts';
import sharp from 'sharp';

/** The tile table of a derivative in a file. @throws Problem `derivative-damaged` */
export async function fileTileTable(path: string, quality: number): Promise<Buffer> {
  const file = await open(path);
  const read = async (from: number, to: number) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const pyramid = await readPyramid(read);
    return await makeTileTable(pyramid, {
      read: ({ offsets, counts }, tile) => {
        const from = offsets[tile] ?? 0;
        return read(from, from + (counts[tile] ?? 0));
      },
      extend: (jpeg, visible, wanted) => extendTile(jpeg, visible, wanted, quality),
    });
  } finally {
    await file.close();
  }
}

function extendTile(jpeg: Buffer, visible: Size, wanted: Size, quality: number): Promise<Buffer> {
  return sharp(jpeg)
    .extract({ left: 0, top: 0, ...visible })
    .extend({ right: wanted.width - visible.width, bottom: wanted.height - visible.height, extendWith: 'copy' })
    .jpeg({ quality })
    .toBuffer();
}
