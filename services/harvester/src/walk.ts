import type { Lease } from '@vitrine/platform/leases.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { AdaptiveLimit } from './adaptive-limit.ts';
import type { Attacher } from './attach/attachments.ts';
import type { SourceSettings } from './domain/source-settings.ts';

/** One walk of one source: its lease guards every write. */
export type Walk = {
  readonly source: string;
  readonly settings: SourceSettings;
  readonly run: string;
  /** The run that will look for what it did not meet; undefined where it will not. */
  readonly listed: string | undefined;
  /** Other sources, whose images belong to its objects. */
  readonly attachers: readonly Attacher[];
  /** How many of its documents are asked for at once. */
  readonly limit: AdaptiveLimit;
  readonly lease: Pick<Lease, 'fence' | 'held'>;
  readonly signal: AbortSignal;
};

/** Asked before each write: a walk that slept through its lease changes nothing. @throws Problem `conflict` */
export function demandLease({ lease }: Pick<Walk, 'lease'>): void {
  if (!lease.held()) throw new Problem('conflict', { detail: 'the lease of this source was lost' });
}
