import { UnmatchedQuery } from '@vitrine/contracts/source-definition.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';
import type { Stores } from '../stores.ts';

/** Documents looked at for one answer, and what it lists at the most. */
const LOOKED_AT = 5000;
const MOST = 500;

/** What found nothing on the other side: images of an image source without an object, objects of the source that they are for without an image. */
export function unmatchedRoute({
  sources,
  attachments,
  keys,
  objects,
}: Pick<Stores, 'sources' | 'attachments' | 'keys' | 'objects'>): ServiceRoute {
  async function isHere(prefix: string): Promise<boolean> {
    for await (const { value } of keys.all({ prefix })) if ((await objects.get(value.object))?.state === 'present') return true;
    return false;
  }

  async function images(source: string, target: string, after: string | undefined) {
    const prefix = `${target}:${source}:`;
    const { items, next } = await attachments.list({ prefix, limit: MOST, ...(after === undefined ? {} : { after }) });
    const found = [];
    for (const { id, value } of items) {
      const key = id.slice(prefix.length, id.lastIndexOf(':'));
      if (!(await isHere(`${prefix}${key}:`)))
        found.push({ image: value.image.sourceId.slice(source.length + 1), key, address: value.image.address });
    }
    return { images: found, ...(next === undefined ? {} : { next }) };
  }

  async function withoutImages(target: string, after: string | undefined) {
    const found = [];
    let looked = 0;
    let last = after;
    for (;;) {
      const { items, next } = await objects.list({ prefix: `${target}-`, limit: MOST, ...(last === undefined ? {} : { after: last }) });
      for (const { id, value } of items) {
        looked++;
        last = id;
        if (value.source === target && value.state === 'present' && value.images.length === 0)
          found.push({ object: id, address: value.address });
        if (found.length === MOST) return { objects: found, next: id };
      }
      if (next === undefined) return { objects: found };
      last = next;
      if (looked >= LOOKED_AT) return { objects: found, next };
    }
  }

  return {
    method: 'GET',
    path: '/api/v1/sources/:source/unmatched',
    handle: async (request, reply) => {
      const source = pathParameter(request, 'source');
      const document = await sources.get(source);
      if (!document) throw new Problem('source-not-found', { detail: source });
      const { attach } = document.definition;
      if (!attach)
        throw new Problem('request-invalid', { detail: `${source} is no source of images: its definition says nothing under attach` });
      const [of, after] = [queryParameter(request, 'of'), queryParameter(request, 'after')];
      const query = { ...(of === undefined ? {} : { of }), ...(after === undefined ? {} : { after }) };
      if (!Check(UnmatchedQuery, query)) throw new Problem('request-invalid', { detail: 'of=images or of=objects' });
      reply.header('cache-control', 'private, no-store');
      return query.of === 'objects' ? withoutImages(attach.to, query.after) : images(source, attach.to, query.after);
    },
  };
}
