import { isProblemCode, problems } from '@vitrine/contracts/problems.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';

/** Where the `type` of a problem leads (RFC 9457, 3.1.1): what it means and what to do. */
export const problemRoute: ServiceRoute = {
  method: 'GET',
  path: '/api/v1/problems/:code',
  handle: async (request, reply) => {
    const code = pathParameter(request, 'code');
    if (!isProblemCode(code)) throw new Problem('not-found');
    const { status, title, help } = problems[code];
    reply.header('cache-control', 'public, max-age=3600');
    return { code, status, title, help };
  },
};
