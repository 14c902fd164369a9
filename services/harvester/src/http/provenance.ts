import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { objectProvenance } from '../object-provenance.ts';

/** Where each value of an object comes from. */
export function provenanceRoute(provenance: ReturnType<typeof objectProvenance>): ServiceRoute {
  return {
    method: 'GET',
    path: '/api/v1/objects/:object/provenance',
    handle: async (request, reply) => {
      reply.header('cache-control', 'private, no-store');
      return provenance(pathParameter(request, 'object'));
    },
  };
}
