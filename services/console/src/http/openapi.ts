import { openapi } from '@vitrine/contracts/openapi.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';

/** The description of every address, for machines (OpenAPI 3.1). */
export function openapiRoute(publicUrl: string): ServiceRoute {
  const text = JSON.stringify(openapi(publicUrl));
  return {
    method: 'GET',
    path: '/api/v1/openapi.json',
    handle: async (_request, reply) => reply.type('application/json').header('cache-control', 'public, max-age=300').send(text),
  };
}
