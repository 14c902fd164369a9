import { StreamNotification } from '@vitrine/contracts/source-definition.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { carriesToken } from '@vitrine/platform/operator-token.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { lookedAtNow } from '../configure-sources.ts';
import type { Stores } from '../stores.ts';

/**
 * Where a publisher says that something happened (Activity Streams 2.0; the inbox of a Linked Data Notification). What it says is not believed, but looked at: the stream
 * is asked now, not when it would be.
 */
export function inboxRoute({ sources }: Pick<Stores, 'sources'>, wake: () => void): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/sources/:source/inbox',
    handle: async (request, reply) => {
      const id = pathParameter(request, 'source');
      const token = (await sources.get(id))?.inboxToken;
      // Who has no token learns nothing of which sources there are.
      if (token === undefined || !carriesToken(request.headers.authorization, token)) throw new Problem('source-token-missing');
      parseBody(StreamNotification, request.body);
      await sources.update(id, (current) => current && { ...current, ...lookedAtNow(current) });
      wake();
      return reply.code(204).send();
    },
  };
}
