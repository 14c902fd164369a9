import { randomUUID } from 'node:crypto';
import { ASKED_AGAIN } from '@vitrine/contracts/events/conversion-requested.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { Publish } from '@vitrine/platform/events/publisher.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { Intents } from '@vitrine/platform/intents.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { AnnounceImage } from '../announce-image.ts';
import type { ConversionsUnderWay } from '../conversions-under-way.ts';
import { rejected } from '../image-results.ts';
import type { ImageDocument, Stores } from '../stores.ts';
import { requestConversion } from '../want-object.ts';

type Request = Parameters<ServiceRoute['handle']>[0];

type Deps = {
  stores: Pick<Stores, 'images'>;
  blobs: Blobs;
  publish: Publish;
  announce: AnnounceImage;
  intents: Intents;
  underWay: ConversionsUnderWay;
};

/** What became of an image's master, and what an operator may do about it. */
export function conversionRoutes({ stores, blobs, publish, announce, intents, underWay }: Deps): ServiceRoute[] {
  const { images } = stores;

  async function known(request: Request): Promise<{ image: string; found: ImageDocument }> {
    const image = pathParameter(request, 'image');
    const found = await images.get(image);
    if (!found) throw new Problem('image-not-found', { detail: image });
    return { image, found };
  }

  /** A page is converted with the image whose master it is in. */
  async function toConvert(request: Request): Promise<string> {
    const { image, found } = await known(request);
    if (found.state === 'withdrawn') throw new Problem('image-withdrawn', { detail: image });
    return found.pageOf?.image ?? image;
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/images/:image/conversion',
      handle: async (request, reply) => {
        const { image, found } = await known(request);
        const { object, state, wanted, fetched, rejection, cancelled, derivative, pageOf, superseded } = found;
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
          ...(cancelled ? { cancelled } : {}),
          superseded,
          ...(report === undefined ? {} : { report }),
        });
      },
    },
    {
      method: 'POST',
      path: '/api/v1/images/:image/conversion',
      handle: async (request, reply) => {
        const image = await toConvert(request);
        await intents.carryOut(image, async () => {
          await images.update(image, (current) => {
            if (!current?.cancelled) return undefined;
            const { cancelled: _, ...rest } = current;
            return rest;
          });
          await requestConversion(stores, publish, image, ASKED_AGAIN, `${ASKED_AGAIN} ${randomUUID()}`);
        });
        return reply.code(202).send({ image });
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/images/:image/conversion',
      handle: async (request, reply) => {
        const image = await toConvert(request);
        await intents.carryOut(image, async () => {
          await images.update(image, (current) =>
            !current || current.cancelled || current.state === 'withdrawn' ? undefined : cancelledImage(current),
          );
          await announce(image, {});
        });
        return reply.code(204).send();
      },
    },
    {
      method: 'GET',
      path: '/api/v1/conversions',
      handle: async (_request, reply) => {
        const items = (await underWay.list()).map(({ since, told: _, ...rest }) => ({ ...rest, since: new Date(since).toISOString() }));
        return reply.header('cache-control', 'no-store').send({ items });
      },
    },
  ];
}

/** Its manifest waits for it no longer; what is shown already stays. */
function cancelledImage(current: ImageDocument): ImageDocument {
  const { fetched: _, ...rest } = current;
  const rejection = { code: 'conversion-cancelled', detail: 'by an operator' };
  const shown = current.state === 'converted' || current.state === 'described';
  return shown ? { ...current, cancelled: true } : { ...rejected(rest, rejection), cancelled: true };
}
