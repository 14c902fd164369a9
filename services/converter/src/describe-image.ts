import type { Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import { describeService } from './describe-service.ts';
import type { ImageResult } from './image-results.ts';
import type { ImageDocument } from './stores.ts';

export type DescribeImage = (
  image: string,
  read: ImageDocument,
  service: { readonly id: string },
  cause: Cause,
  signal: AbortSignal,
) => Promise<Outcome>;

/** Asks somebody else's image service for the size of an image, which stays there. */
export function describeImage(outbound: OutboundHttp, results: ImageResult): DescribeImage {
  return async (image, read, service, cause, signal) => {
    const described = await describeService(outbound, service.id, signal);
    await results.conclude(image, read, cause, (current) => {
      const known =
        current.state === 'described' && current.described?.width === described.width && current.described.height === described.height;
      return known ? current : { ...current, state: 'described', described, revision: current.revision + 1 };
    });
    return { code: 'described' };
  };
}
