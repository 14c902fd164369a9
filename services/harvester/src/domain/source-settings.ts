import type { SourceDefinition, SourceKindName } from '@vitrine/contracts/source-definition.ts';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

/** Nothing tells that they are unchanged but reading all of it. */
const READ_WHOLE: ReadonlySet<SourceKindName | undefined> = new Set(['api', 'iiif', 'bucket']);

/** A source's definition with everything that it leaves unsaid. Times in milliseconds. */
export type SourceSettings = {
  readonly kind: SourceKindName;
  readonly addresses: readonly string[];
  readonly every: number;
  readonly wholeWalkEvery: number;
  readonly atOnce: number;
  readonly pause: number;
  readonly credential: string | undefined;
  readonly classes: readonly string[];
  readonly paths: readonly string[];
  readonly refused: 'retry' | 'ignore';
  readonly missing: 'withdraw' | 'keep';
  readonly missingFor: number;
  readonly gone: 'withdraw' | 'keep';
  readonly deletions: 'withdraw' | 'ignore';
  readonly withdrawShare: number;
  readonly paused: boolean;
};

/** Who puts images into a folder wants to see them. */
const FOLDER = 10 * SECOND;

function usualPause(kind: SourceKindName | undefined, every: number): number {
  if (kind === 'folder') return Math.min(every, FOLDER);
  return READ_WHOLE.has(kind) ? Math.max(every, DAY) : every;
}

/** @param every milliseconds between two looks where the source doesn't say */
export function sourceSettings(definition: SourceDefinition, every: number): SourceSettings {
  const { policy = {} } = definition;
  return {
    kind: definition.kind ?? 'activity-stream',
    addresses: definition.addresses,
    every: definition.every === undefined ? usualPause(definition.kind, every) : definition.every * SECOND,
    wholeWalkEvery: (definition.wholeWalkEvery ?? 604_800) * SECOND,
    atOnce: definition.atOnce ?? 8,
    pause: (definition.pause ?? 0) * SECOND,
    credential: definition.credential,
    classes: definition.classes ?? [],
    paths: definition.paths ?? [],
    refused: policy.refused ?? 'retry',
    missing: policy.missing ?? 'withdraw',
    missingFor: (policy.missingDays ?? 7) * DAY,
    gone: policy.gone ?? 'withdraw',
    deletions: policy.deletions ?? 'withdraw',
    withdrawShare: policy.withdrawShare ?? 0.1,
    paused: definition.paused ?? false,
  };
}
