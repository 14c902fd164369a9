import { newTraceparent } from '@vitrine/platform/events/trace.ts';
import type { Attachments } from './attach/attachments.ts';
import type { SourceDocument, Stores } from './stores.ts';
import type { TakeAway } from './take-away.ts';
import { demandLease, type Walk } from './walk.ts';

type Deps = { stores: Stores; takeAway: TakeAway; attachments: Pick<Attachments, 'detach'> };

/**
 * Takes a source away as its operator asked: its objects are withdrawn, or stay as they are. Their identifiers stay theirs for ever (R2), so a source of the same
 * name finds them again. After a crash it is gone over again.
 */
export async function removeSource(
  walk: Walk,
  how: NonNullable<SourceDocument['removing']>,
  { stores, takeAway, attachments }: Deps,
): Promise<void> {
  const { source, signal } = walk;
  const mine = { prefix: `${source}:` };
  if (how === 'withdraw')
    for await (const { id, value } of stores.records.all(mine)) {
      signal.throwIfAborted();
      const fact = { type: 'Remove', time: undefined };
      await takeAway(id, value, fact, walk, { traceparent: newTraceparent() }, 'its source was removed');
      demandLease(walk);
      await stores.records.remove(id);
    }
  const { attach } = (await stores.sources.get(source))?.definition ?? {};
  // Also what a crash left without a record that names it.
  if (attach)
    for await (const { id } of stores.attachments.all({ prefix: `${attach.to}:${source}:` })) {
      demandLease(walk);
      await attachments.detach(id, walk);
    }
  for (const collection of [stores.work, stores.pending, stores.withdrawals, stores.runs])
    for await (const { id } of collection.all(mine)) {
      demandLease(walk);
      await collection.remove(id);
    }
  await stores.sources.remove(source);
}
