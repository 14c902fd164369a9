import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { Stores } from '../stores.ts';

/** What became of an image's master: its state, why it was rejected, and the conversion report of its derivative. */
export function conversionRoute({ images }: Stores, blobs: Blobs): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/images/:image/conversion',
    handle: async (request, reply) => {
      const image = pathParameter(request, 'image');
      const found = await images.get(image);
      if (!found) throw new Problem('image-not-found', { detail: image });
      const { object, state, wanted, fetched, rejection, derivative, pageOf, superseded } = found;
      // Of an image that was withdrawn it may have been swept.
      const there = derivative && (await blobs.stat(derivative.report.key));
      const report: unknown = there && derivative ? JSON.parse(String(await blobs.read(derivative.report.key))) : undefined;
      return reply.header('cache-control', 'no-store').send({
        image,
        object,
        state,
        ...(pageOf ? { pageOf } : {}),
        ...(wanted.master === undefined ? {} : { master: wanted.master }),
        ...(wanted.service ? { service: wanted.service } : {}),
        ...(fetched ? { fetchedAt: new Date(fetched.at).toISOString(), sha256: fetched.sha256 } : {}),
        ...(rejection ? { rejection } : {}),
        superseded,
        ...(report === undefined ? {} : { report }),
      });
    },
  };
}
