import type { Route } from '@vitrine/contracts/routes.ts';
import type { ServiceName } from '@vitrine/contracts/topics.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Migration } from './documents/migrate.ts';
import type { ServiceSubscription } from './events/subscription.ts';

/** One address of the route table, answered. */
export type ServiceRoute = {
  readonly method: Route['method'];
  readonly path: string;
  handle(request: FastifyRequest, reply: FastifyReply): Promise<unknown>;
};

/** A plain GET, as far as a quick door looks at it. */
export type QuickRequest = {
  /** The target of the request, with its query. */
  readonly url: string;
  field(name: 'accept' | 'accept-encoding' | 'if-none-match' | 'if-modified-since'): string | undefined;
};

/** An answer as it goes out: what quickHead() made, and the body. A 304 has no body. */
export type QuickReply = {
  readonly route: string;
  readonly status: 200 | 304;
  readonly wire: Buffer;
  /** Called when the bytes have been handed to the system, or never will be: the buffer may be used again. */
  readonly sent?: () => void;
};

/**
 * Answers a request before the routes are asked, where that can be done at once or after a look at what is stored; undefined where the routes must. It answers nothing
 * that a route would not answer alike. `path` is below the path of the public URL.
 */
export type QuickDoor = (path: string, request: QuickRequest) => QuickReply | Promise<QuickReply | undefined> | undefined;

/** Addresses that others had before us. */
export type MovedAddresses = {
  /** `redirect`: 301 to ours; `serve`: answered where it was asked for. */
  readonly answer: 'redirect' | 'serve';
  /** Our address for the target of a request, below the public URL; undefined where it is none of them. */
  to(target: string): string | undefined;
};

/** What `createService(deps)` of every service gives: wiring, without a process, a port or a clock of its own. */
export type Service = {
  readonly name: ServiceName;
  readonly routes: readonly ServiceRoute[];
  readonly quickDoor?: QuickDoor;
  /** Asked where no route is. */
  readonly moved?: MovedAddresses;
  /** Ends the answers that go on for as long as their client likes: the server is about to close. */
  readonly endStreams?: () => void;
  readonly subscriptions: readonly ServiceSubscription[];
  /** Work born of timers; each runs until the signal aborts. */
  readonly tasks: readonly ((signal: AbortSignal) => Promise<void>)[];
  /** Carried out at a start, before anything else runs. */
  readonly migrations?: readonly Migration[];
  /** Removes what can be derived again (R9); the groups then read from the earliest. */
  dropDerived?(): Promise<void>;
  /**
   * Whether a former release derived what this one needs in another way. Asked at each start; then every group reads the newest event of each entity
   * again, while what is there goes on being served.
   */
  isOutdated?(): Promise<boolean>;
  /** Publishes its primary state again, under the id of the replay. */
  emitAgain?(replay: string): Promise<void>;
  close(): Promise<void>;
};
