import type { AccessTable } from '@vitrine/access/access-table.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { type AnswerTools, answerPixels, planAnswer } from '../answer-pixels.ts';
import { contentDisposition } from '../domain/content-disposition.ts';
import { IMMUTABLE, imageHead, SHORT } from '../domain/image-head.ts';
import { type ApiVersion, type ImageRequest, parseImageRequest } from '../domain/image-request.ts';
import type { Limits } from '../domain/limits.ts';
import type { AddressedImage, FindImage } from '../find-image.ts';
import type { OpenPyramid } from '../open-pyramid.ts';
import type { OpenPyramids } from '../open-pyramids.ts';

export type PixelDeps = {
  find: FindImage;
  access: AccessTable;
  pyramids: OpenPyramids;
  tools: AnswerTools;
  /** Told of a derivative that can't be served. */
  damaged: (image: AddressedImage, detail: string) => Promise<void>;
  publicUrl: string;
  limits: Limits;
};

const PARTS = ['region', 'size', 'rotation', 'file'] as const;

/** Image API 3.0 and 2.1.1, 4. */
export function pixelsRoute(api: ApiVersion, deps: PixelDeps): ServiceRoute {
  const { find, access, pyramids, tools, publicUrl, limits } = deps;

  async function answer(found: AddressedImage, ...[request, reply]: Parameters<ServiceRoute['handle']>) {
    const { derivative } = found;
    const [region = '', size = '', rotation = '', file = ''] = PARTS.map((name) => pathParameter(request, name));
    const wanted = parseImageRequest(region, size, rotation, file, api);
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    if (request.raw.destroyed) gone.abort();
    return pyramids.with(derivative, (pyramid) => answerFrom(pyramid, found, wanted, gone.signal, request, reply));
  }

  async function answerFrom(
    pyramid: OpenPyramid,
    { image, derivative, versioned }: AddressedImage,
    wanted: ImageRequest,
    signal: AbortSignal,
    ...[request, reply]: Parameters<ServiceRoute['handle']>
  ) {
    const answer = planAnswer(wanted, derivative, pyramid, limits, api);
    const head = imageHead({
      publicUrl,
      api,
      image,
      version: derivative.version,
      canonical: answer.canonical,
      format: wanted.format,
      lastModified: pyramid.lastModified,
      cacheControl: access.cacheControl(versioned ? IMMUTABLE : SHORT),
    });
    reply.headers(head);
    const disposition = queryParameter(request, 'response-content-disposition');
    if (disposition !== undefined) reply.header('content-disposition', contentDisposition(disposition, `${image}.${wanted.format}`));
    if (notModified(request, reply, head.etag, pyramid.modified)) return reply;
    return reply.send(await answerPixels(answer, pyramid, tools, { address: request.ip, signal }));
  }

  return {
    method: 'GET',
    path: `/iiif/image/${api}/:image/:region/:size/:rotation/:file`,
    handle: async (request, reply) => {
      const found = await find.find(pathParameter(request, 'image'));
      if ('current' in found) {
        const rest = PARTS.map((name) => encodeURI(pathParameter(request, name))).join('/') + new URL(request.url, publicUrl).search;
        return reply
          .header('cache-control', access.cacheControl(SHORT))
          .redirect(`${publicUrl}/iiif/image/${api}/${found.current}/${rest}`, 303);
      }
      try {
        return await answer(found, request, reply);
      } catch (thrown) {
        const { code, detail = '' } = asProblem(thrown);
        if (code !== 'derivative-damaged' && code !== 'blob-missing') throw thrown;
        await deps.damaged(found, detail);
        throw thrown;
      }
    },
  };
}
