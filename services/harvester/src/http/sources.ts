import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { Stores } from '../stores.ts';

type Deps = { stores: Stores; now: () => Date };

/** What is harvested, how far, and what is wrong with it. */
export function sourceRoutes({ stores: { sources } }: Deps): ServiceRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/sources',
      handle: async (_request, reply) => {
        const { items } = await sources.list({ limit: 1000 });
        reply.header('cache-control', 'private, no-store');
        return {
          sources: items.map(({ id, value: { definition, origin, streams, runs, run, fault, held } }) => {
            const watermarks = streams.flatMap(({ watermark }) => watermark ?? []);
            return {
              id,
              address: definition.addresses[0],
              definition,
              origin,
              runs,
              walking: run !== undefined,
              ...(watermarks.length === 0 ? {} : { watermark: new Date(Math.max(...watermarks)).toISOString() }),
              ...(fault ? { fault } : {}),
              ...(held ? { held } : {}),
            };
          }),
        };
      },
    },
  ];
}
