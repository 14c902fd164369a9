import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { Stores } from '../stores.ts';

/** What is harvested, how far, and what is wrong with it. */
export function sourcesRoute({ sources }: Stores): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/sources',
    handle: async (_request, reply) => {
      const { items } = await sources.list({ limit: 1000 });
      reply.header('cache-control', 'private, no-store');
      return {
        sources: items.map(({ id, value: { address, watermark, runs, run, fault } }) => ({
          id,
          address,
          runs,
          walking: run !== undefined,
          ...(watermark === undefined ? {} : { watermark: new Date(watermark).toISOString() }),
          ...(fault ? { fault } : {}),
        })),
      };
    },
  };
}
