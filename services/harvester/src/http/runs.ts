import { SourceReplay } from '@vitrine/contracts/source-definition.ts';
import { pathParameter, queryParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { isOddity, oddities } from '../domain/stream/oddities.ts';
import { runId } from '../run-id.ts';
import { newRun } from '../run-report.ts';
import type { RunDocument, Stores } from '../stores.ts';

type Deps = { stores: Pick<Stores, 'sources' | 'runs'>; now: () => Date };

const PAGE = 100;
/** Replays of a source that may wait. */
const MOST_WAITING = 20;

/** The reports of a source's runs, and a run that derives its objects again. */
export function runRoutes({ stores: { sources, runs }, now }: Deps): ServiceRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/sources/:source/runs',
      handle: async (request, reply) => {
        const source = pathParameter(request, 'source');
        if (!(await sources.get(source))) throw new Problem('source-not-found', { detail: source });
        // Few are kept, and ids are in the order of time.
        const kept = [];
        for await (const { id, value } of runs.all({ prefix: `${source}:` })) kept.unshift({ id, value });
        const after = queryParameter(request, 'after');
        const begin = after === undefined ? 0 : kept.findIndex(({ id }) => id < `${source}:${after}`);
        const page = begin < 0 ? [] : kept.slice(begin, begin + PAGE);
        const last = page.at(-1);
        reply.header('cache-control', 'private, no-store');
        return {
          runs: page.map(({ id, value }) => summary(id, value)),
          ...(last && begin + PAGE < kept.length ? { next: nameIn(last.id) } : {}),
        };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/sources/:source/runs/:run',
      handle: async (request, reply) => {
        const id = `${pathParameter(request, 'source')}:${pathParameter(request, 'run')}`;
        const run = await runs.get(id);
        if (!run) throw new Problem('run-not-found', { detail: id });
        reply.header('cache-control', 'private, no-store');
        return report(id, run);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/sources/:source/replay',
      handle: async (request, reply) => {
        const source = pathParameter(request, 'source');
        const { since: from, ids, dryRun = false } = parseBody(SourceReplay, request.body);
        const since = from === undefined ? undefined : Date.parse(from);
        if (since !== undefined && Number.isNaN(since)) throw new Problem('request-invalid', { detail: `since: ${from} is no time` });
        if (!(await sources.get(source))) throw new Problem('source-not-found', { detail: source });
        const id = runId(source, now());
        const replay = { dryRun, ...(since === undefined ? {} : { since }), ...(ids === undefined ? {} : { ids }) };
        await runs.update(id, () => ({ ...newRun(source, now()), state: 'working', replay }));
        await sources.update(source, (current) => {
          if (!current) return undefined;
          const waiting = current.replays ?? [];
          if (waiting.length >= MOST_WAITING) throw new Problem('request-invalid', { detail: `${waiting.length} replays wait already` });
          return { ...current, replays: [...waiting, id], due: 0 };
        });
        reply.code(202);
        return { run: nameIn(id), report: `/api/v1/sources/${source}/runs/${nameIn(id)}` };
      },
    },
  ];
}

/** The name of a run within its source. */
const nameIn = (id: string): string => id.slice(id.indexOf(':') + 1);

const countsOf = (counts: RunDocument['outcomes']): Record<string, number> =>
  Object.fromEntries(counts.map(({ name, count }) => [name, count]));

function summary(id: string, { state, startedAt, endedAt, pages, bytes, activities, outcomes, replay }: RunDocument) {
  return {
    run: nameIn(id),
    kind: replay ? (replay.dryRun ? 'dry-run' : 'replay') : 'harvest',
    state,
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString(), seconds: (endedAt - startedAt) / 1000 }),
    pages,
    bytes,
    activities: countsOf(activities),
    outcomes: countsOf(outcomes),
  };
}

/** A run with what was found out about its streams: counts, level, order, and each oddity with the place that shows it. */
function report(id: string, run: RunDocument) {
  return {
    ...summary(id, run),
    streams: run.streams,
    oddities: run.oddities.map(({ code, count, example }) => ({
      code,
      ...(isOddity(code) ? oddities[code] : {}),
      count,
      example,
    })),
  };
}
