import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Migration } from './documents/migrate.ts';
import type { ServiceSubscription } from './events/subscription.ts';

/** One address of the route table, answered. */
export type ServiceRoute = {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
};

/**
 * Answers a request before the routes are asked, where that can be done at once: true when it has, false when the routes must. It answers nothing
 * that a route would not answer alike. `path` is below the path of the public URL; `answered` takes the route and the status.
 */
export type QuickDoor = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  answered: (route: string, status: number) => void,
) => boolean;

/** What `createService(deps)` of every service gives: wiring, without a process, a port or a clock of its own. */
export type Service = {
  readonly name: ServiceName;
  readonly routes: readonly ServiceRoute[];
  readonly quickDoor?: QuickDoor;
  readonly subscriptions: readonly ServiceSubscription[];
  /** Work born of timers; each runs until the signal aborts. */
  readonly tasks: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** Carried out at a start, before anything else runs. */
  readonly migrations?: readonly Migration[];
  /** Removes what can be derived again (R9); the groups then read from the earliest. */
  dropDerived?(): Promise<void>;
  /** Publishes its primary state again, under the id of the replay. */
  emitAgain?(replay: string): Promise<void>;
  close(): Promise<void>;
};
