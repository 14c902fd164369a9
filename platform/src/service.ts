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

/** What `createService(deps)` of every service gives: wiring, without a process, a port or a clock of its own. */
export type Service = {
  readonly name: ServiceName;
  readonly routes: readonly ServiceRoute[];
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
