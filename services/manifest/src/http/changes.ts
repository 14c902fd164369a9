import type { AccessTable } from '@vitrine/access/access-table.ts';
import { queryParameter } from '@vitrine/platform/http/parameter.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type ChangePosition, parsePosition, positionName } from '../changes/change-position.ts';
import type { Change, ReadChanges } from '../changes/read-changes.ts';
import { changeActivity } from '../domain/change-stream.ts';

/** Streams that a process keeps open. */
const MOST_OPEN = 1000;
/** Milliseconds after which it is looked for what other processes have told. */
const TICK = 1000;
/** Milliseconds without a change after which a stream shows that it is alive: proxies cut what says nothing for a minute. */
const SIGN_OF_LIFE = 15_000;
/** Changes of an answer that is no stream. */
const MOST = 200;
/** Pages of the stream that are looked through for them: `last` goes on. */
const MOST_PAGES = 20;
/** Milliseconds after which a browser opens a stream again that was cut. */
const OPEN_AGAIN = 3000;

type Deps = { access: AccessTable; changes: ReadChanges; now: () => Date };

/**
 * What happens to manifests, as it happens: server-sent events (HTML, 9.2) to those who accept them, who go on where they were by `Last-Event-ID`; a list after an id to others. Only what the public may see.
 */
export function changeRoutes({ access, changes, now }: Deps): { readonly routes: readonly ServiceRoute[]; readonly end: () => void } {
  const open = new Set<AbortController>();

  async function shown(list: readonly Change[]): Promise<readonly Change[]> {
    const allowed = await Promise.all(list.map(({ entry }) => access.allows(entry.object)));
    return list.filter((_, place) => allowed[place]);
  }

  async function list(from: ChangePosition) {
    const found: Change[] = [];
    let last = from;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const next = await changes.after(last);
      const end = next.at(-1);
      if (!end) break;
      found.push(...(await shown(next)));
      last = end.position;
      if (found.length >= MOST) break;
    }
    return { changes: found.map(said), last: positionName(last) };
  }

  async function stream(request: FastifyRequest, reply: FastifyReply, from: ChangePosition): Promise<void> {
    const closed = new AbortController();
    const { raw } = reply;
    open.add(closed);
    request.raw.once('close', () => closed.abort());
    raw.once('close', () => closed.abort());
    closed.signal.addEventListener('abort', () => raw.end(), { once: true });
    const write = async (words: string): Promise<void> => {
      if (raw.write(words) || closed.signal.aborted) return;
      // Who does not read is waited for, not kept in memory for.
      await new Promise<void>((resolve) => {
        raw.once('drain', resolve);
        closed.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    };
    try {
      let last = from;
      // Who is cut off before the first change goes on here.
      await write(`retry: ${OPEN_AGAIN}\nid: ${positionName(last)}\n\n`);
      let spoke = now().getTime();
      while (!closed.signal.aborted) {
        const next = await changes.after(last);
        for (const change of await shown(next)) {
          const { id, ...activity } = said(change);
          await write(`id: ${id}\ndata: ${JSON.stringify(activity)}\n\n`);
          spoke = now().getTime();
        }
        last = next.at(-1)?.position ?? last;
        if (next.length > 0) continue;
        if (now().getTime() - spoke > SIGN_OF_LIFE) {
          await write(`: ${positionName(last)}\n\n`);
          spoke = now().getTime();
        }
        await changes.news(TICK, closed.signal);
      }
    } finally {
      open.delete(closed);
      raw.end();
    }
  }

  return {
    end: () => {
      for (const closed of open) closed.abort();
    },
    routes: [
      {
        method: 'GET',
        path: '/api/v1/changes',
        handle: async (request, reply) => {
          const given = queryParameter(request, 'after') ?? idOf(request);
          const after = given === undefined ? undefined : parsePosition(given);
          if (given !== undefined && !after) throw new Problem('request-invalid', { detail: `${given.slice(0, 50)} is no id of a change` });
          const isUnknown = after !== undefined && (await changes.isAhead(after));
          // Who follows goes on from here: he hears nothing of a place that is not.
          const from = after === undefined || isUnknown ? await changes.tail() : after;
          if (request.method === 'HEAD' || !request.headers.accept?.includes('text/event-stream')) {
            if (isUnknown)
              throw new Problem('request-invalid', {
                detail: `${positionName(after)} has not happened here; the newest is ${positionName(from)}`,
              });
            reply.header('cache-control', 'no-store').header('vary', 'Accept');
            return list(from);
          }
          if (open.size >= MOST_OPEN)
            throw new Problem('too-many-requests', { retryAfter: 10_000, detail: `${open.size} streams are open` });
          reply.hijack();
          reply.raw.writeHead(200, {
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store',
            'access-control-allow-origin': '*',
            'x-content-type-options': 'nosniff',
            // nginx would keep them until there are many.
            'x-accel-buffering': 'no',
          });
          await stream(request, reply, from).catch(() => reply.raw.destroy());
          return reply;
        },
      },
    ],
  };
}

function idOf(request: FastifyRequest): string | undefined {
  const id = request.headers['last-event-id'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** A change as it is told: an activity of our stream, with the id by which one goes on after it. */
const said = ({ entry, position }: Change) => ({ ...changeActivity(entry), id: positionName(position) });
