import { conversionRequested, DERIVATIVE_DAMAGED } from '@vitrine/contracts/events/conversion-requested.ts';
import { outgoing, type Publish } from '@vitrine/platform/events/publisher.ts';
import type { Log } from '@vitrine/platform/log.ts';
import { LRUCache } from 'lru-cache';
import type { AddressedImage } from './find-image.ts';
import type { OpenPyramids } from './open-pyramids.ts';

const REMEMBERED = 10_000;
/** Milliseconds after which a derivative that is still damaged is reported again. */
const AGAIN = 60_000;

/**
 * Says in the log which derivative is damaged and asks the converter to make the image again, once for all requests that meet it. What is under way
 * when this process dies is asked for again by the next request.
 */
export function reportDamage(publish: Publish, pyramids: OpenPyramids, log: Log) {
  const reported = new LRUCache<string, true>({ max: REMEMBERED, ttl: AGAIN });
  return async ({ image, object, derivative }: AddressedImage, detail: string): Promise<void> => {
    pyramids.forget(derivative.key);
    if (reported.has(derivative.key)) return;
    reported.set(derivative.key, true);
    log.error({ image, blob: derivative.key, detail }, 'a derivative is damaged; the image is converted again');
    const request = outgoing(
      conversionRequested,
      { image, object, objectRevision: 1, reason: DERIVATIVE_DAMAGED },
      {},
      `${conversionRequested.type}/${image}/${DERIVATIVE_DAMAGED}/${derivative.version}`,
    );
    // Without the bus the image stays broken, and the next request reports it again.
    await publish(request).catch(() => reported.delete(derivative.key));
  };
}
