import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { LRUCache } from 'lru-cache';
import { spliceJpeg } from './domain/splice-jpeg.ts';
import { readTiffLevels, type TiffLevel } from './domain/tiff-reader.ts';

/** Bytes that the cached tables of tile positions may take, by estimate. */
const TABLES_SIZE = 64 * 1024 * 1024;

export type Pyramid = {
  readonly levels: readonly TiffLevel[];
  /** One stored tile as a JPEG of its own, by one read of a range. */
  tile(level: number, tile: number): Promise<Buffer>;
};

/** Opens derivatives by their key; where each tile lies is read once and kept. */
export function pyramidReader(blobs: Blobs): (key: string) => Promise<Pyramid> {
  const tables = new LRUCache<string, TiffLevel[]>({
    maxSize: TABLES_SIZE,
    sizeCalculation: (levels) => levels.reduce((sum, level) => sum + level.offsets.length * 16 + 1024, 0),
    fetchMethod: (key) => readTiffLevels((from, to) => blobs.read(key, { from, to })),
  });

  return async (key) => {
    const levels = (await tables.fetch(key)) ?? [];
    return {
      levels,
      tile: async (level, tile) => {
        const { offsets, counts, tables: shared, photometric } = levels[level] ?? {};
        const [from, count] = [offsets?.[tile], counts?.[tile]];
        if (from === undefined || count === undefined || photometric === undefined)
          throw new RangeError(`no tile ${tile} on level ${level}`);
        return spliceJpeg(await blobs.read(key, { from, to: from + count }), shared, photometric);
      },
    };
  };
}
