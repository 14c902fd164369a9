import { randomBytes } from 'node:crypto';

/** The name of a run: those of a source are in the order of their beginnings. */
export function runId(source: string, began: Date): string {
  return `${source}:${began.toISOString().replace(/[-:.]/g, '')}-${randomBytes(3).toString('hex')}`;
}
