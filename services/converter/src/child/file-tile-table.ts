import { open } from 'node:fs/promises';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { makeTileTable } from '@vitrine/pyramid/tile-table.ts';

/** The tile table of a derivative in a file. @throws Problem `derivative-damaged` */
export async function fileTileTable(path: string): Promise<Buffer> {
  const file = await open(path);
  const read = async (from: number, to: number) => {
    const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, from);
    return buffer.subarray(0, bytesRead);
  };
  try {
    const pyramid = await readPyramid(read);
    return await makeTileTable(pyramid, ({ offsets, counts }, tile) => {
      const from = offsets[tile] ?? 0;
      return read(from, from + (counts[tile] ?? 0));
    });
  } finally {
    await file.close();
  }
}
