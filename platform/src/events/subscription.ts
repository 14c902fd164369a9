import { Problem } from '../problem.ts';
import type { Registration } from './handler.ts';

/** What one group of a service handles. */
export type ServiceSubscription = {
  readonly group: string;
  readonly handlers: readonly Registration[];
  /** Keys in work at once. */
  readonly concurrency: number;
  /** False for those who read outcomes: they would cause what they read. */
  readonly recordsOutcomes: boolean;
  /** Every replica hears each event from its start on, for what it keeps in memory; an event that can't be handled is only logged. */
  readonly broadcast?: boolean;
};

/** The topics of a subscription. Refuses a subscription without a handler, or with two for one type. */
export function topicsOf({ group, handlers }: ServiceSubscription): readonly string[] {
  if (handlers.length === 0) throw new Problem('unexpected', { detail: `group ${group} has no handler` });
  const types = handlers.map(({ contract }) => contract.type);
  const twice = types.find((type, index) => types.indexOf(type) !== index);
  if (twice) throw new Problem('unexpected', { detail: `group ${group} handles ${twice} twice` });
  return [...new Set(handlers.map(({ contract }) => contract.topic))];
}
