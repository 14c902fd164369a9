import type { HandlerContext, Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import type { OutboundHttp } from '@vitrine/platform/outbound/outbound-http.ts';
import type { AnnounceImage } from './announce-image.ts';
import { describeService } from './describe-service.ts';
import type { ImageResult } from './image-results.ts';
import type { ImageDocument } from './stores.ts';

const DAY = 24 * 60 * 60 * 1000;

type Deps = { outbound: OutboundHttp; results: ImageResult; announce: AnnounceImage; now: () => Date };

export type DescribeImage = (
  image: string,
  read: ImageDocument,
  service: { readonly id: string },
  cause: Cause,
  context: HandlerContext,
) => Promise<Outcome>;

/** Asks somebody else's image service for the size of an image, which stays there: at most daily, unless an operator wants it. */
export function describeImage({ outbound, results, announce, now }: Deps): DescribeImage {
  return async (image, read, { id }, cause, { signal, replayed }) => {
    const time = now().getTime();
    const { askedService: asked } = read;
    if (!replayed && read.state === 'described' && asked?.id === id && time - asked.at < DAY) {
      await announce(image, cause);
      return { code: 'looked-at-today' };
    }
    const described = await describeService(outbound, id, signal);
    const askedService = { id, at: time };
    await results.conclude(image, read, cause, (current) => {
      const known =
        current.state === 'described' && current.described?.width === described.width && current.described.height === described.height;
      return known
        ? { ...current, askedService }
        : { ...current, state: 'described', described, askedService, revision: current.revision + 1 };
    });
    return { code: 'described' };
  };
}
