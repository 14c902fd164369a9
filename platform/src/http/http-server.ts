import { createServer } from 'node:http';
import { type Route, routeOf } from '@vitrine/contracts/routes.ts';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { carriesToken } from '../operator-token.ts';
import { asProblem, Problem } from '../problem.ts';
import type { MovedAddresses, QuickReply, QuickRequest, Service } from '../service.ts';
import { problemDocument } from './problem-document.ts';
import { problemPage } from './problem-page.ts';
import { quickConnections } from './quick-connections.ts';

export type HttpServerOptions = {
  publicUrl: string;
  operatorToken: string;
  trustedProxies: readonly string[];
  log: Log;
  metrics: Metrics;
  /** Undefined when all is well, else what is not. */
  readiness: () => Promise<string | undefined>;
};

const MEGABYTE = 1024 * 1024;

/** Milliseconds after which it makes sense to ask again for what an engine holds up. */
const ASK_AGAIN = 5000;

/** A move is for good; what it was mistaken for isn't: caches ask again after a day. */
const MOVED = 'public, max-age=86400';

/** Whoever opens a connection and says nothing, or half a request, is cut off; in milliseconds. */
const TIMEOUTS = { keepAliveTimeout: 72_000, headersTimeout: 15_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/** The public door of a process: the routes of its services below the path of the public URL, problems on the wire, health. */
export function createHttpServer(services: readonly Service[], options: HttpServerOptions): FastifyInstance {
  const { publicUrl, log } = options;
  const prefix = new URL(publicUrl).pathname.replace(/\/$/, '');
  const moved = services.flatMap((service) => service.moved ?? []);
  const movedTo = (target: string, answer: MovedAddresses['answer']) => {
    for (const addresses of moved) {
      const to = addresses.answer === answer ? addresses.to(target) : undefined;
      if (to !== undefined) return to;
    }
    return undefined;
  };
  const quickDoors = services.flatMap(({ quickDoor }) => quickDoor ?? []);
  const server = fastify({
    logger: false,
    serverFactory: (handle) => createServer(TIMEOUTS, handle),
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    routerOptions: { maxParamLength: 400 },
    bodyLimit: MEGABYTE,
    exposeHeadRoutes: true,
    rewriteUrl: ({ url = '/' }) => rewritten(url),
    // An address that can't be decoded never reaches a route.
    frameworkErrors: (error, request, reply) => void fail(error, request, reply),
  });

  function rewritten(target: string): string {
    const to = movedTo(target, 'serve');
    return to === undefined ? target : `${prefix}${to}`;
  }

  function answerQuickly(request: QuickRequest): QuickReply | Promise<QuickReply | undefined> | undefined {
    if (!request.url.startsWith(prefix)) return undefined;
    const began = performance.now();
    const path = prefix === '' ? request.url : request.url.slice(prefix.length);
    for (const door of quickDoors) {
      const reply = door(path, request);
      if (!reply) continue;
      const answered = (one: QuickReply) => options.metrics.answered('GET', one.route, one.status, (performance.now() - began) / 1000);
      if (!(reply instanceof Promise)) {
        answered(reply);
        return reply;
      }
      return reply.then((later) => {
        if (later) answered(later);
        return later;
      });
    }
    return undefined;
  }

  function fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply) {
    const problem = requestProblem(thrown);
    const document = problemDocument(problem, publicUrl);
    if (document.status >= 500) log.error({ path: request.url, code: problem.code, cause: problem.cause ?? problem }, 'a request failed');
    // What was said of an answer that did not come.
    for (const name of ['etag', 'last-modified', 'link', 'content-disposition']) reply.removeHeader(name);
    const retryAfter = problem.retryAfter ?? (document.status === 503 ? ASK_AGAIN : undefined);
    if (retryAfter !== undefined) reply.header('retry-after', Math.ceil(retryAfter / 1000));
    if (document.status === 401) reply.header('www-authenticate', 'Bearer');
    reply.code(document.status).header('cache-control', 'no-store').header('vary', 'Accept');
    if (request.method === 'GET' && request.headers.accept?.includes('text/html')) {
      return reply
        .header('content-security-policy', "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
        .type('text/html; charset=utf-8')
        .send(problemPage(document, publicUrl));
    }
    return reply.type('application/problem+json').send(JSON.stringify(document));
  }

  server.addHook('preClose', async () => {
    for (const service of services) service.endStreams?.();
  });
  if (quickDoors.length > 0) {
    const connections = quickConnections(server.server, answerQuickly);
    server.addHook('preClose', async () => connections.closeAll());
  }
  // JSON by other names: of notifications (Activity Streams 2.0), of object stores.
  server.addContentTypeParser(/^application\/[a-z.]+\+json/, { parseAs: 'string' }, server.getDefaultJsonParser('error', 'error'));
  server.setErrorHandler(fail);
  server.setNotFoundHandler((request, reply) => {
    const to = request.method === 'GET' || request.method === 'HEAD' ? movedTo(request.url, 'redirect') : undefined;
    if (to === undefined) return fail(new Problem('not-found'), request, reply);
    return reply.header('cache-control', MOVED).redirect(`${publicUrl}${to}`, 301);
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
    // Other people's pages may read what is public, never what operators read.
    const path = (request.routeOptions.url ?? '').slice(prefix.length);
    if (routeOf(request.method === 'HEAD' ? 'GET' : request.method, path)?.audience !== 'operator')
      reply.header('access-control-allow-origin', '*');
  });
  // Preflight: browsers ask before a request with `Authorization` or `If-None-Match` from another origin.
  server.options('/*', async (_request, reply) =>
    reply
      .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE, OPTIONS')
      .header('access-control-allow-headers', 'authorization, content-type, if-none-match')
      .header('access-control-max-age', '86400')
      .code(204)
      .send(),
  );
  server.addHook('onResponse', async (request, reply) => {
    const path = (request.routeOptions.url ?? '').slice(prefix.length);
    if (routeOf(request.method === 'HEAD' ? 'GET' : request.method, path))
      options.metrics.answered(request.method, path, reply.statusCode, reply.elapsedTime / 1000);
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await options.metrics.exposition()),
  );
  server.get('/livez', async () => 'ok\n');
  server.get('/readyz', async (_request, reply) => {
    const fault = await options.readiness();
    return reply.code(fault === undefined ? 200 : 503).send(`${fault ?? 'ok'}\n`);
  });

  for (const service of services)
    for (const route of service.routes) {
      const entry = routeOf(route.method, route.path);
      if (entry?.service !== service.name)
        throw new Problem('unexpected', { detail: `${service.name} answers ${route.path}, which the route table does not say` });
      server.route({
        method: route.method,
        url: `${prefix}${route.path}`,
        ...(entry.mostMegabytes === undefined ? {} : { bodyLimit: entry.mostMegabytes * MEGABYTE }),
        onRequest: async (request) => guard(entry, request, options.operatorToken),
        handler: (request, reply) => route.handle(request, reply),
      });
    }
  return server;
}

function guard({ audience }: Route, request: FastifyRequest, token: string): void {
  if (audience === 'operator' && !carriesToken(request.headers.authorization, token)) throw new Problem('operator-token-missing');
}

// Fastify's own refusals (a body that is not JSON, too large, an address that can't be decoded) are the client's.
function requestProblem(thrown: unknown): Problem {
  const status: unknown = thrown instanceof Error ? Reflect.get(thrown, 'statusCode') : undefined;
  if (!(thrown instanceof Problem) && typeof status === 'number' && status >= 400 && status < 500) {
    const code = status === 413 ? 'request-too-large' : 'request-invalid';
    return new Problem(code, { detail: thrown instanceof Error ? thrown.message : '', cause: thrown });
  }
  return asProblem(thrown);
}
