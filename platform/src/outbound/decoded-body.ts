import { pipeline, type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { Problem } from '../problem.ts';

/** What comes out of an honest answer is at most so many times what went in, and a megabyte is always let through. */
const MOST_RATIO = 100;
const HARMLESS = 1024 * 1024;

/** Gives a body up that nobody reads; that it was aborted is then nobody's error. */
export function discard(body: Readable): void {
  body.on('error', () => {});
  body.destroy();
}

/**
 * A body as it was before it was compressed (RFC 9110, 8.4.1).
 *
 * @throws Problem `source-too-large` for a bomb, `source-unreachable` for what can't be decoded
 */
export function decoded(body: Readable, coding: string | undefined, url: URL): AsyncIterable<Uint8Array> {
  const name = coding?.trim().toLowerCase();
  if (name === undefined || name === '' || name === 'identity') return body;
  const decoder = name === 'gzip' || name === 'x-gzip' ? createGunzip() : name === 'br' ? createBrotliDecompress() : undefined;
  if (!decoder) {
    discard(body);
    throw new Problem('source-unreachable', { detail: `${url.href} answers in ${name}, which was not asked for` });
  }
  let [received, given] = [0, 0];
  const counting = new Transform({
    transform: (chunk: Uint8Array, _, done) => {
      received += chunk.length;
      done(null, chunk);
    },
  });
  const guard = new Transform({
    transform: (chunk: Uint8Array, _, done) => {
      given += chunk.length;
      const bomb = given > HARMLESS && given > received * MOST_RATIO;
      if (bomb) done(new Problem('source-too-large', { detail: `${url.href}: more than ${MOST_RATIO} times what was sent` }));
      else done(null, chunk);
    },
  });
  return pipeline(body, counting, decoder, guard, () => {});
}
