import { open } from 'node:fs/promises';
import type { PyramidLevel, Size } from '@vitrine/pyramid/pyramid-level.ts';
import { readPyramid } from '@vitrine/pyramid/read-pyramid.ts';
import { makeTileTable } from '@vitrine/pyramid/tile-table.ts';
import sharp from 'sharp';
import { fileRange } from './file-range.ts';

/**
 * The tile table of a derivative in a file.
 *
 * @param restarts by level, the largest first, what restartTiles() says
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

function extendTile(jpeg: Buffer, visible: Size, wanted: Size, quality: number): Promise<Buffer> {
  return sharp(jpeg)
    .extract({ left: 0, top: 0, ...visible })
    .extend({ right: wanted.width - visible.width, bottom: wanted.height - visible.height, extendWith: 'copy' })
    .jpeg({ quality })
    .toBuffer();
}
