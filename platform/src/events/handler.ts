import type { EventContract, EventOf } from '@vitrine/contracts/events/define-event.ts';
import type { TSchema } from 'typebox';
import { Problem } from '../problem.ts';
import type { RawEvent } from './cloud-event.ts';
import { contractFault } from './contract-check.ts';

/** How a handler ended well: `done` unless it says another word. `failed` marks work that gave up without a fault of ours. */
export type Outcome = { readonly code: string; readonly detail?: string; readonly failed?: boolean };

export type HandlerContext = {
  readonly signal: AbortSignal;
  /** The event was handled before and is repeated by an operator: do the work even where it seems done. */
  readonly replayed: boolean;
};

type Handle<C extends EventContract> = (event: EventOf<C>, context: HandlerContext) => Promise<Outcome | undefined>;

/** A handler whose event's type is erased: it parses before it calls. */
export type Registration = {
  readonly contract: EventContract;
  handle(event: RawEvent, data: unknown, context: HandlerContext): Promise<Outcome | undefined>;
};

/**
 * Binds a handler to its contract. The handler may run any number of times for an event, also beside an older one of the same key in
 * a replay, and must leave the same state (R6).
 */
export function on<T extends string, S extends TSchema>(contract: EventContract<T, S>, handle: Handle<EventContract<T, S>>): Registration {
  type Event = EventOf<EventContract<T, S>>;
  const matches = (data: unknown): data is Event['data'] => contractFault(contract, data) === undefined;
  return {
    contract,
    handle: (event, data, context) => {
      if (!matches(data)) throw new Problem('event-invalid', { detail: contractFault(contract, data) ?? contract.type });
      return handle({ ...event, type: contract.type, data }, context);
    },
  };
}
