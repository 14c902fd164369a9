import type { SourceContext } from './harvest-source.ts';
import type { RunReport } from './run-report.ts';
import type { StreamState } from './stores.ts';
import type { OpenedWalk, Pages } from './walk-pages.ts';

type Opening = {
  /** What is known of the address since it was last walked. */
  readonly state: StreamState;
  /** Whether it is walked also where nothing changed. */
  readonly whole: boolean;
  readonly report: RunReport;
  /** Failures of the source in a row so far. */
  readonly failures: number;
};

/** How a source lists its records: where a walk of one of its addresses begins, and the pages that it meets. */
export type SourceKind = {
  /** Undefined where nothing changed since the last walk. */
  open(context: SourceContext, opening: Opening): Promise<OpenedWalk | undefined>;
  pages(context: SourceContext, report: RunReport): Pages;
  /** Whether its pages move while they are read, so that one reading may leave something out. */
  readonly pagesMove: boolean;
  /** What it is called that something on a page can't be used. */
  readonly unusable: 'stream-activity-invalid' | 'listed-record-invalid';
};
