import type { ImageFacts } from '../stores.ts';

/** An image is ready when it is converted, described or rejected (R10). */
export function isReady(facts: ImageFacts | undefined): boolean {
  return facts !== undefined && facts.state !== 'withdrawn';
}
