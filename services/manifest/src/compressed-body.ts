import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Encoding } from './http/accepted-encoding.ts';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
/** Beyond it a body is compressed with less effort, so that a book of thousands of pages does not take seconds. */
const LARGE = 1_000_000;
/** Less than this is not worth a header. */
const SMALL = 500;

export type Body = { readonly bytes: Buffer; readonly encoding: Encoding };

export const isWorthCompressing = (bytes: Buffer): boolean => bytes.length >= SMALL;

export function compressed(bytes: Buffer, encoding: 'br' | 'gzip'): Promise<Buffer> {
  const isLarge = bytes.length > LARGE;
  if (encoding === 'gzip') return deflate(bytes, { level: isLarge ? 4 : 7 });
  return brotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: isLarge ? 4 : 6,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}
