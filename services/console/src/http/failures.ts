import { isProblemCode, problems } from '@vitrine/contracts/problems.ts';
import { ReplayFailures } from '@vitrine/contracts/requests.ts';
import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { Check } from 'typebox/value';
import type { CommandSender } from '../commands.ts';
import type { Failure, Stores } from '../stores.ts';

const PAGE = 200;

/** What failed, why, and what to do; and the replay of one failure, of a reason, or of all. */
export function failureRoutes({ failures }: Stores, commands: CommandSender): readonly ServiceRoute[] {
  async function* wanted(body: unknown): AsyncGenerator<Failure> {
    if (!Check(ReplayFailures, body))
      throw new Problem('request-invalid', { detail: 'the body is one of {"id": …}, {"code": …}, {"all": true}' });
    if ('id' in body) {
      const failure = await failures.get(body.id);
      if (failure) yield failure;
      return;
    }
    const where = 'code' in body ? { where: { field: 'code', equals: body.code } } : {};
    for await (const { value } of failures.all(where)) yield value;
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/failures',
      handle: async (request, reply) => {
        const after = queryParameter(request, 'after');
        const { items, next } = await failures.list({ limit: PAGE, ...(after === undefined ? {} : { after }) });
        reply.header('cache-control', 'private, no-store');
        return {
          failures: items.map(({ id, value }) => ({ id, ...value, ...words(value.code), replayable: value.letter !== undefined })),
          ...(next === undefined ? {} : { next }),
        };
      },
    },
    {
      method: 'POST',
      path: '/api/v1/failures/replay',
      handle: async (request, reply) => {
        const replays: string[] = [];
        let without = 0;
        for await (const { letter } of wanted(request.body)) {
          if (letter) replays.push(await commands.issue({ letter }));
          else without++;
        }
        // Failures without a letter are asked again by their own timers, or by the next activity of their source.
        return reply.code(202).send({ replayed: replays.length, withoutLetter: without });
      },
    },
  ];
}

function words(code: string): { title?: string; help?: string } {
  if (!isProblemCode(code)) return {};
  const { title, help } = problems[code];
  return { title, help };
}
