import turbo from '@julusian/jpeg-turbo';
import { Problem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import type { BufferPool } from './buffer-pool.ts';
import type { OpenPyramid } from './open-pyramid.ts';

/** Pixels row by row, one byte a sample: 1 is grey, 3 is RGB. */
export type Raw = { readonly data: Buffer; readonly width: number; readonly height: number; readonly channels: 1 | 3 };

export type DecodedTiles = {
  readonly pool: BufferPool;
  /** Lets `use` look at a tile while it is called, and no longer: its buffer is used again. */
  with(pyramid: OpenPyramid, level: number, tile: number, channels: 1 | 3, use: (raw: Raw) => void): Promise<void>;
};

/**
 * Stored JPEG tiles as pixels, whole, by libjpeg-turbo; those that were wanted last are kept.
 *
 * @param bytes that are kept at the most
 */
export function decodedTiles(bytes: number, pool: BufferPool): DecodedTiles {
  const kept = new LRUCache<string, Raw>({
    maxSize: Math.max(1, bytes),
    sizeCalculation: ({ data }) => data.buffer.byteLength,
    dispose: ({ data }) => pool.give(data),
  });

  async function decode(pyramid: OpenPyramid, level: number, tile: number, channels: 1 | 3): Promise<Raw> {
    const jpeg = await pyramid.wholeTile(level, tile);
    const { tileWidth = 0, tileHeight = 0 } = pyramid.levels[level] ?? {};
    const data = pool.take(tileWidth * tileHeight * channels);
    const format = channels === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB;
    const { width, height } = await turbo.decompress(jpeg, data, { format }).catch((cause: unknown) => {
      pool.give(data);
      throw new Problem('derivative-damaged', { detail: `${pyramid.key}: a tile can’t be decoded`, cause });
    });
    return { data, width, height, channels };
  }

  return {
    pool,
    with: async (pyramid, level, tile, channels, use) => {
      const name = `${pyramid.key} ${level} ${tile} ${channels}`;
      const found = kept.get(name);
      if (found) return use(found);
      const raw = await decode(pyramid, level, tile, channels);
      use(raw);
      // Another may have decoded it meanwhile: what it kept is disposed of by this.
      if (raw.data.buffer.byteLength <= bytes) kept.set(name, raw);
      else pool.give(raw.data);
    },
  };
}
