import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { Stores } from '../stores.ts';

type Status = { harvested: number; published: number; withdrawn: number; failures: number };

/** How many objects are where. */
async function readStatus({ objects, failures }: Stores): Promise<Status> {
  const status: Status = { harvested: 0, published: 0, withdrawn: 0, failures: await failures.count() };
  for await (const { value } of objects.all()) status[value.state]++;
  return status;
}

export function statusRoute(stores: Stores): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/status',
    handle: async (_request, reply) => {
      reply.header('cache-control', 'private, no-store');
      return readStatus(stores);
    },
  };
}
