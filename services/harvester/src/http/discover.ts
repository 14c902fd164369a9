import { StreamSearch } from '@vitrine/contracts/source-definition.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { discoverStream } from '../discover-stream.ts';
import type { FetchDocument } from '../fetch-document.ts';

/** Milliseconds after which a search gives up. */
const LONGEST = 60_000;

/** The stream that a record is in, or what was tried in vain. */
export function discoverRoute(fetch: FetchDocument): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/sources/discover',
    handle: async (request, reply) => {
      const { address } = parseBody(StreamSearch, request.body);
      const search = await discoverStream(address, fetch, AbortSignal.timeout(LONGEST));
      reply.header('cache-control', 'no-store');
      if (search.streams.length > 0) return search;
      const tried = search.tried.map((one) => `${one.address} (${one.because}): ${one.outcome}`);
      throw new Problem('stream-not-found', { detail: tried.join('\n') });
    },
  };
}
