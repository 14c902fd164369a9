import type { RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { SourceSettings } from './domain/source-settings.ts';
import type { RunReport } from './run-report.ts';
import type { SourceKind } from './source-kind.ts';
import { holds, recordKey, type SourceDocument, type Stores } from './stores.ts';
import { streamState } from './stream-state.ts';
import { demandLease, type Walk } from './walk.ts';
import type { Withdrawals } from './withdrawals.ts';

type Deps = {
  stores: Stores;
  kind: Pick<SourceKind, 'pagesMove'>;
  withdrawals: Withdrawals;
  outcome: RecordOutcome;
  now: () => Date;
};

export const tellsNoDeletions = ({ addresses }: Pick<SourceSettings, 'addresses'>, document: SourceDocument): boolean =>
  addresses.every((address) => streamState(document, address).level !== 2);

/** What a whole walk of every address did not meet is there no longer, where the source tells no deletions (Change Discovery 1.0, 2.1.1). */
export async function withdrawMissed(walk: Walk, report: RunReport, { stores, kind, withdrawals, outcome, now }: Deps): Promise<void> {
  const { settings, source, signal } = walk;
  const document = await stores.sources.get(source);
  const all = settings.addresses.every((_, place) => report.run.whole.includes(place));
  // Where pages went round, or something could not be read, there may be more than was met.
  if (report.run.partial || report.countOf('page-loop') > 0) return;
  if (!all || !document || !tellsNoDeletions(settings, document) || settings.deletions === 'ignore') return;
  for await (const { id, value } of stores.records.all({ prefix: `${source}:` })) {
    if (signal.aborted) return;
    if (value.listed === report.id || value.state === 'gone' || value.state === 'moved') continue;
    // Of pages that move while they are read one record may slip through: it is believed to be gone when it is missed twice.
    if (kind.pagesMove && report.run.pages > 1 && value.missed === undefined && holds(value)) {
      demandLease(walk);
      await stores.records.update(id, (current) => current && { ...current, missed: report.id });
      report.countOutcome('missed-once');
      continue;
    }
    report.countOutcome('missed');
    if (holds(value)) await withdrawals.add(id, { type: 'Delete', time: undefined }, walk, 'no longer in the stream');
    // Nothing came of it, so nothing is taken away; that it failed is over.
    else await outcome(value.address, now(), { code: 'gone' });
    demandLease(walk);
    await stores.records.update(recordKey(source, value.address), (current) => current && { ...current, state: 'gone', run: report.id });
  }
}
