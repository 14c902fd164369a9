import { isOddity, type NoteOddity, type OddityCode } from './domain/stream/oddities.ts';
import type { RunDocument, Stores } from './stores.ts';

/** Names that are kept apart; what comes after them is counted together: a publisher chooses them. */
const MOST_NAMES = 60;
const OTHERS = 'others';

type ReportStore = { readonly runs: Pick<Stores['runs'], 'update'> };
type Counted = { readonly name: string; readonly count: number };

/**
 * A run as it goes: what the store holds of it, and what has been counted since. The walk and the work of a run change it side by side, so it lives in one
 * place and is written as a whole.
 */
export class RunReport {
  readonly id: string;
  readonly #stores: ReportStore;
  #run: RunDocument;
  readonly #activities: Map<string, number>;
  readonly #outcomes: Map<string, number>;
  readonly #oddities: Map<string, { count: number; example: string }>;
  #saving: Promise<void> = Promise.resolve();

  constructor(id: string, run: RunDocument, stores: ReportStore) {
    this.id = id;
    this.#run = run;
    this.#stores = stores;
    this.#activities = new Map(run.activities.map(({ name, count }) => [name, count]));
    this.#outcomes = new Map(run.outcomes.map(({ name, count }) => [name, count]));
    this.#oddities = new Map(run.oddities.map(({ code, ...seen }) => [code, seen]));
  }

  get run(): RunDocument {
    return this.#run;
  }

  readonly note: NoteOddity = (code, detail = '') => {
    const known = this.#oddities.get(code);
    if (known) known.count++;
    else this.#oddities.set(code, { count: 1, example: detail.slice(0, 300) });
  };

  countActivity(type: string): void {
    count(this.#activities, type);
  }

  countOutcome(code: string): void {
    count(this.#outcomes, code);
  }

  countOf(code: OddityCode): number {
    return this.#oddities.get(code)?.count ?? 0;
  }

  activities(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#activities);
  }

  oddities(): { code: OddityCode; count: number; example: string }[] {
    return [...this.#oddities].flatMap(([code, seen]) => (isOddity(code) ? [{ code, ...seen }] : []));
  }

  /** The run in a line of the log. */
  summary() {
    const { pages, bytes } = this.#run;
    const oddities = Object.fromEntries([...this.#oddities].map(([code, { count: times }]) => [code, times]));
    return { run: this.id, pages, bytes, activities: this.activities(), outcomes: Object.fromEntries(this.#outcomes), oddities };
  }

  /** Whether anything was met on its pages. */
  countsAnything(): boolean {
    return this.#activities.size > 0;
  }

  activityTypes(): string[] {
    return [...this.#activities.keys()];
  }

  replace(run: RunDocument): void {
    this.#run = run;
  }

  change(change: Partial<RunDocument>): void {
    this.#run = { ...this.#run, ...change };
  }

  /** Writes what is known now, after what is being written. @param demand throws where we may not write any more */
  save(demand: () => void): Promise<void> {
    const saving = this.#saving
      .catch(() => {})
      .then(async () => {
        demand();
        const run: RunDocument = {
          ...this.#run,
          activities: listed(this.#activities),
          outcomes: listed(this.#outcomes),
          oddities: [...this.#oddities].map(([code, seen]) => ({ code, ...seen })),
        };
        await this.#stores.runs.update(this.id, () => {
          demand();
          return run;
        });
      });
    this.#saving = saving;
    return saving;
  }
}

function count(counts: Map<string, number>, name: string): void {
  const kept = counts.has(name) || counts.size < MOST_NAMES ? name.slice(0, 60) : OTHERS;
  counts.set(kept, (counts.get(kept) ?? 0) + 1);
}

const listed = (counts: Map<string, number>): Counted[] => [...counts].map(([name, number]) => ({ name, count: number }));

/** A run that begins. */
export function newRun(source: string, startedAt: Date): RunDocument {
  return {
    source,
    startedAt: startedAt.getTime(),
    state: 'walking',
    ahead: [],
    whole: [],
    stored: 0,
    pages: 0,
    bytes: 0,
    activities: [],
    outcomes: [],
    oddities: [],
    streams: [],
  };
}
