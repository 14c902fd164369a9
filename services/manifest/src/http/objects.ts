import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { ListOptions } from '@vitrine/platform/documents/port.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyRequest } from 'fastify';
import { demandPublished } from '../demand-published.ts';
import { addresses } from '../domain/addresses.ts';
import type { Publication, Stores } from '../stores.ts';

const PAGE = 100;
/** Pages looked at for an answer: what the public may not see takes time too. */
const MOST_PAGES = 20;
const FILTERS = ['source', 'record', 'since'] as const;

type Deps = { access: AccessTable; stores: Pick<Stores, 'publications'>; publicUrl: string };

/** The objects, for developers of sites: only those that the public may see. */
export function objectRoutes({ access, stores, publicUrl }: Deps): readonly ServiceRoute[] {
  const at = addresses(publicUrl);

  const view = (id: string, { state, label, images, thumbnail, record, at: changed, versions = [3], revision }: Publication) => ({
    id,
    state,
    ...(state === 'withdrawn'
      ? {}
      : {
          label,
          images: images.length,
          manifest: at.manifest(id),
          ...(versions.includes(2) ? { manifest2: at.manifest2(id) } : {}),
          ...(thumbnail === undefined ? {} : { thumbnail }),
        }),
    ...(record ? { source: record.source, record: record.address } : {}),
    revision,
    ...(changed === undefined ? {} : { changed: new Date(changed).toISOString() }),
  });

  return [
    {
      method: 'GET',
      path: '/api/v1/objects',
      handle: async (request, reply) => {
        const where = whereOf(request);
        const all = queryParameter(request, 'since') !== undefined;
        const objects = [];
        let after = queryParameter(request, 'after');
        let pages = 0;
        do {
          const { items, next } = await stores.publications.list({ where, limit: PAGE, ...(after === undefined ? {} : { after }) });
          for (const { id, value } of items)
            if ((all || value.state === 'published') && (await access.allows(id))) objects.push(view(id, value));
          after = next;
          // A page on which the public may see nothing is no answer.
        } while (after !== undefined && objects.length === 0 && ++pages < MOST_PAGES);
        const query = new URLSearchParams(
          FILTERS.flatMap((name) => (queryParameter(request, name) === undefined ? [] : [[name, queryParameter(request, name) ?? '']])),
        );
        if (after !== undefined) query.set('after', after);
        reply.header('cache-control', access.cacheControl('public, max-age=10'));
        return { objects, ...(after === undefined ? {} : { next: `${publicUrl}/api/v1/objects?${query}` }) };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/objects/:object',
      handle: async (request, reply) => {
        const object = pathParameter(request, 'object');
        await access.demand(object);
        const publication = await demandPublished(stores, object);
        reply.header('cache-control', access.cacheControl('public, max-age=10'));
        return view(object, publication);
      },
    },
  ];
}

/** @throws Problem `request-invalid` */
function whereOf(request: FastifyRequest): NonNullable<ListOptions['where']> {
  const [source, record, since] = FILTERS.map((name) => queryParameter(request, name));
  if ([source, record, since].filter((value) => value !== undefined).length > 1)
    throw new Problem('request-invalid', { detail: 'source, record and since are asked for one at a time' });
  if (source !== undefined) return { field: 'shownOf', equals: source };
  if (record !== undefined) return { field: 'recordAddress', equals: record };
  if (since === undefined) return { field: 'state', equals: 'published' };
  const time = Date.parse(since);
  if (Number.isNaN(time)) throw new Problem('request-invalid', { detail: `since=${since.slice(0, 50)} is no time` });
  return { field: 'changed', atMost: -time };
}
