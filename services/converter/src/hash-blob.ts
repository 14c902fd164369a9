import { createHash } from 'node:crypto';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { asProblem } from '@vitrine/platform/problem.ts';

/** The SHA-256 of a blob, in hexadecimal; undefined where it is missing. */
export async function hashBlob(blobs: Blobs, key: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of blobs.stream(key)) hash.update(chunk);
  } catch (thrown) {
    if (asProblem(thrown).code === 'blob-missing') return undefined;
    throw thrown;
  }
  return hash.digest('hex');
}
