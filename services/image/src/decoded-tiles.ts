import turbo from '@julusian/jpeg-turbo';
import { Problem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import type { OpenPyramid } from './open-pyramids.ts';

/** Pixels row by row, one byte a sample: 1 is grey, 3 is RGB. */
export type Raw = { readonly data: Buffer; readonly width: number; readonly height: number; readonly channels: 1 | 3 };

export type DecodedTiles = (pyramid: OpenPyramid, level: number, tile: number, channels: 1 | 3) => Promise<Raw>;

/**
 * Stored JPEG tiles as pixels, whole, by libjpeg-turbo; those that were wanted last are kept.
 *
 * @param bytes that are kept at the most
 */
export function decodedTiles(bytes: number): DecodedTiles {
  const kept = new LRUCache<string, Raw>({ maxSize: Math.max(1, bytes), sizeCalculation: ({ data }) => data.length });
  return async (pyramid, level, tile, channels) => {
    const name = `${pyramid.key} ${level} ${tile} ${channels}`;
    const found = kept.get(name);
    if (found) return found;
    const jpeg = await pyramid.wholeTile(level, tile);
    const { tileWidth = 0, tileHeight = 0 } = pyramid.levels[level] ?? {};
    const target = Buffer.allocUnsafe(tileWidth * tileHeight * channels);
    const format = channels === 1 ? turbo.FORMAT_GRAY : turbo.FORMAT_RGB;
    const { width, height } = await turbo.decompress(jpeg, target, { format }).catch((cause: unknown) => {
      throw new Problem('derivative-damaged', { detail: `${pyramid.key}: a tile can’t be decoded`, cause });
    });
    const raw: Raw = { data: target, width, height, channels };
    if (bytes > 0) kept.set(name, raw);
    return raw;
  };
}
