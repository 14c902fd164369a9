import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import Type from 'typebox';
import { Check } from 'typebox/value';
import type { CommandSender } from '../commands.ts';

const Body = Type.Object({ all: Type.Literal(true), dropDerived: Type.Optional(Type.Boolean()) }, { additionalProperties: false });

/** Derives everything again from primary state (R9). */
export function replayRoute(commands: CommandSender): ServiceRoute {
  return {
    method: 'POST',
    path: '/api/v1/replay',
    handle: async (request, reply) => {
      if (!Check(Body, request.body))
        throw new Problem('request-invalid', { detail: 'the body is {"all": true, "dropDerived": false or true}' });
      const replay = await commands.issue({ full: { dropDerived: request.body.dropDerived ?? false } });
      return reply.code(202).send({ replay });
    },
  };
}
