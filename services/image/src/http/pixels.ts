import type { AccessTable } from '@vitrine/access/access-table.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { DecodeLane } from '../decode-lane.ts';
import { canonicalPath } from '../domain/canonical-path.ts';
import { LEVEL_2 } from '../domain/image-info.ts';
import { parseImageRequest } from '../domain/image-request.ts';
import { planPixels } from '../domain/plan-pixels.ts';
import { resolveRequest } from '../domain/resolve-request.ts';
import type { FindImage } from '../find-image.ts';
import type { Pyramid } from '../pyramid-reader.ts';
import { renderPixels } from '../render-pixels.ts';

type Deps = {
  find: FindImage;
  access: AccessTable;
  openPyramid: (key: string) => Promise<Pyramid>;
  lane: DecodeLane;
  publicUrl: string;
  maxArea: number;
};

const IMMUTABLE = 'public, max-age=31536000, immutable';
const SHORT = 'public, max-age=60';

/** Image API 3.0, 4: a stored tile goes out as it lies in the file, everything else is made from the nearest level. */
export function pixelsRoute({ find, access, openPyramid, lane, publicUrl, maxArea }: Deps): ServiceRoute {
  return {
    method: 'GET',
    path: '/iiif/image/3/:image/:region/:size/:rotation/:file',
    handle: async (request, reply) => {
      const part = (name: string) => pathParameter(request, name);
      const found = await find(part('image'));
      if ('current' in found) {
        const rest = ['region', 'size', 'rotation', 'file'].map((name) => encodeURI(part(name))).join('/');
        return reply
          .header('cache-control', access.cacheControl(SHORT))
          .redirect(`${publicUrl}/iiif/image/3/${found.current}/${rest}`, 303);
      }
      const { image, derivative, versioned } = found;
      const wanted = parseImageRequest(part('region'), part('size'), part('rotation'), part('file'));
      const resolved = resolveRequest(wanted, derivative, maxArea);
      const pyramid = await openPyramid(derivative.key);
      const grey = pyramid.levels[0]?.photometric === 1;
      const canonical = canonicalPath(wanted, resolved, derivative, grey);
      reply
        .header('cache-control', access.cacheControl(versioned ? IMMUTABLE : SHORT))
        .header(
          'link',
          `<${publicUrl}/iiif/image/3/${image}~${derivative.version}/${canonical}>;rel="canonical", <${LEVEL_2}>;rel="profile"`,
        );
      if (notModified(request, reply, `"${derivative.version}-${sha256(canonical).slice(0, 16)}"`)) return reply;
      const plan = planPixels(wanted, resolved, pyramid.levels, derivative);
      const bytes =
        plan.kind === 'stored'
          ? await pyramid.tile(plan.level, plan.tile)
          : await lane.run(() => renderPixels({ pyramid, level: plan.level, rectangle: plan.rectangle, request: wanted, resolved }));
      return reply.type(wanted.format === 'png' ? 'image/png' : 'image/jpeg').send(bytes);
    },
  };
}
