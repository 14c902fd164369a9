import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { Stores } from '../stores.ts';

const PAGE = 1000;

/** The id table, page by page: what each minted identifier stands for, and whether its object is withdrawn. */
export function idsRoute({ ids, objects }: Stores): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/ids',
    handle: async (request, reply) => {
      const after = queryParameter(request, 'after');
      const { items, next } = await ids.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
      const states = await objects.getMany(items.map(({ id }) => id));
      reply.header('cache-control', 'private, no-store');
      return {
        ids: items.map(({ id, value: { kind, owner, sourceId } }, index) => {
          const state = states[index]?.state;
          return { id, kind, owner, sourceId, ...(state === undefined ? {} : { state }) };
        }),
        ...(next === undefined ? {} : { next }),
      };
    },
  };
}
