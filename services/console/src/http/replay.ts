import { ReplayAll } from '@vitrine/contracts/requests.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';
import type { CommandSender } from '../commands.ts';

/** Derives everything again from primary state (R9). */
export function replayRoute(commands: CommandSender): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/replay',
    handle: async (request, reply) => {
      if (!Check(ReplayAll, request.body))
        throw new Problem('request-invalid', { detail: 'the body is {"all": true, "dropDerived": false or true}' });
      const replay = await commands.issue({ full: { dropDerived: request.body.dropDerived ?? false } });
      return reply.code(202).send({ replay });
    },
  };
}
