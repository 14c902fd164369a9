// A run: each stream that changed is walked to its watermark, and what the pages ask for is stored before the walk goes further; the stored work is carried out
// beside it; in the end what the source has no longer is withdrawn. Each of these goes on where it was after a crash.

import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { carryOutWork, type Due } from './carry-out-work.ts';
import { levelOf } from './domain/stream/level-of.ts';
import type { HarvestRecord } from './harvest-record.ts';
import { runId } from './run-id.ts';
import { newRun, RunReport } from './run-report.ts';
import type { SourceKind } from './source-kind.ts';
import type { RunDocument, SourceDocument, Stores, StreamState, WalkState } from './stores.ts';
import { streamState } from './stream-state.ts';
import { demandLease, type Walk } from './walk.ts';
import { type OpenedWalk, walkPages } from './walk-pages.ts';
import { tellsNoDeletions, withdrawMissed } from './withdraw-missed.ts';
import type { Withdrawals } from './withdrawals.ts';

/** Milliseconds between two writings of a report while its work goes on. */
const TELL = 2000;
/** Failures that a run names one by one. */
const MOST_UNUSABLE = 200;
/** Records under way for each that is asked for: while one waits for its answer others are stored and published, many with one sync of the disk. */
const AHEAD = 12;
/** Walks of a stream in one run, where its pages move each time. */
const MOST_TURNS = 4;
/** Reports kept of a source. */
const REPORTS = 50;

type Deps = {
  stores: Stores;
  blobs: Blobs;
  /** How the source lists its records. */
  kind: SourceKind;
  harvest: HarvestRecord;
  withdrawals: Withdrawals;
  outcome: RecordOutcome;
  now: () => Date;
};

/** A source at work: its lease, what its operator wants, and when to stop. */
export type SourceContext = Pick<Walk, 'source' | 'lease' | 'limit' | 'signal' | 'settings' | 'attachers'>;

export type HarvestSource = (context: SourceContext) => Promise<RunReport | undefined>;

/** Looks at a source once: walks what changed, goes on with a run that was interrupted. Answers the report of the run, if there was one. */
export function harvestSource({ stores, blobs, kind, harvest, withdrawals, outcome, now }: Deps): HarvestSource {
  /** @param run that it is of: who redefined the source meanwhile has ended it */
  async function save(context: SourceContext, run: string | undefined, change: (current: SourceDocument) => SourceDocument): Promise<void> {
    await stores.sources.update(context.source, (current) => {
      demandLease(context);
      if (current && current.run !== run) throw new Problem('conflict', { detail: 'the source was redefined while it was walked' });
      return current && change(current);
    });
  }

  /** Level 0 and 1 tell no deletions: now and then such a stream is walked whole. */
  function wantsWhole({ level, wholeAt }: StreamState, { settings }: SourceContext): boolean {
    return level !== 2 && wholeAt !== undefined && now().getTime() - wholeAt >= settings.wholeWalkEvery;
  }

  async function open(
    context: SourceContext,
    document: SourceDocument,
    stream: number,
    report: RunReport,
  ): Promise<OpenedWalk | undefined> {
    const state = streamState(document, context.settings.addresses[stream] ?? '');
    const whole = report.run.everything === true || wantsWhole(state, context);
    return kind.open(context, { state, whole, report, failures: document.fault?.attempts ?? 0 });
  }

  /** The run to go on with, or a new one where a stream changed; undefined where none did. */
  async function begin(
    context: SourceContext,
    document: SourceDocument,
  ): Promise<{ report: RunReport; page?: OpenedWalk['page'] } | undefined> {
    const known = document.run === undefined ? undefined : await stores.runs.get(document.run);
    if (document.run !== undefined && known) return { report: new RunReport(document.run, known, stores) };
    const id = runId(context.source, now());
    const report = new RunReport(id, newRun(context.source, now()), stores);
    for (const [stream] of context.settings.addresses.entries()) {
      const opened = await open(context, document, stream, report);
      if (!opened) continue;
      const { whole, ...begun } = walking(report.run, stream, opened);
      // What one of several addresses names no longer another may name: only where all are read whole in one run it is known.
      const everything = whole.length > 0 && tellsNoDeletions(context.settings, document);
      const ahead = context.settings.addresses.map((_, place) => place).filter((place) => (everything ? place !== stream : place > stream));
      report.change({ ahead, whole, ...begun, ...(everything ? { everything } : {}) });
      await report.save(() => demandLease(context));
      await save(context, document.run, (current) => ({ ...current, run: id, runs: current.runs + 1 }));
      return { report, page: opened.page };
    }
    return undefined;
  }

  function walking(run: RunDocument, stream: number, { walk }: OpenedWalk): Pick<RunDocument, 'walk' | 'whole'> {
    const whole = walk.watermark === undefined;
    return { walk: { stream, ...walk }, whole: whole ? [...run.whole, stream] : run.whole };
  }

  /** Walks what is left of a run's streams. Answers false where it was interrupted. */
  async function walkAll(context: SourceContext, report: RunReport, first: OpenedWalk['page'], stored: () => void): Promise<boolean> {
    const demand = () => demandLease(context);
    let page = first;
    for (;;) {
      const { walk, ahead } = report.run;
      if (walk) {
        const document = await stores.sources.get(context.source);
        const ended = await walkPages(
          {
            stores,
            blobs,
            report,
            pages: kind.pages(context, report),
            failures: document?.fault?.attempts ?? 0,
            demand,
            stored,
            signal: context.signal,
            quarantine: async (place, why) => {
              const entity = `${context.source}/activity/${sha256(place).slice(0, 10)}`;
              const { unusable = [] } = report.run;
              if (unusable.length >= MOST_UNUSABLE || unusable.includes(entity)) return;
              report.change({ unusable: [...unusable, entity] });
              await outcome(entity, now(), failure(new Problem(kind.unusable, { detail: why })));
            },
          },
          page,
        );
        page = undefined;
        if (!ended) return false;
        if (await walkAgain(context, report, ended)) continue;
        await endWalk(context, report, ended);
        continue;
      }
      const [stream, ...rest] = ahead;
      if (stream === undefined) return true;
      const document = await stores.sources.get(context.source);
      const opened = document && (await open(context, document, stream, report));
      report.change({ ahead: rest, ...(opened ? walking(report.run, stream, opened) : {}) });
      page = opened?.page;
      await report.save(demand);
    }
  }

  /** Whether the stream is walked once more, since its pages moved under the walk: what slipped through between two of them is met then. */
  async function walkAgain(context: SourceContext, report: RunReport, { stream, shifted, turn = 1 }: WalkState): Promise<boolean> {
    const document = shifted && turn < MOST_TURNS ? await stores.sources.get(context.source) : undefined;
    const opened = document && (await open(context, document, stream, report));
    if (!opened) return false;
    report.change({ walk: { stream, ...opened.walk, turn: turn + 1 } });
    await report.save(() => demandLease(context));
    return true;
  }

  /** Everything of the stream is stored: its watermark moves to the newest time of the publisher that the walk saw. */
  async function endWalk(context: SourceContext, report: RunReport, walk: WalkState): Promise<void> {
    const address = context.settings.addresses[walk.stream] ?? '';
    const { newest, head, order, forward } = walk;
    const whole = report.run.whole.includes(walk.stream);
    const { unusable = [] } = report.run;
    const mended = await mendedSince(context, address, whole, unusable);
    await save(context, report.id, (current) => {
      const known = streamState(current, address);
      const level = walk.level ?? levelOf(known.level, newest, report.activityTypes());
      const after: StreamState = {
        ...known,
        head,
        ...(order === undefined ? {} : { order }),
        ...(forward ? { forward } : {}),
        ...(newest === undefined ? {} : { watermark: Math.max(newest, known.watermark ?? newest) }),
        level,
        ...(whole ? { wholeAt: now().getTime(), unusable, holds: report.countsAnything() } : {}),
      };
      return { ...current, streams: [...current.streams.filter((stream) => stream.address !== address), after] };
    });
    for (const entity of mended) await outcome(entity, now(), { code: 'mended' });
    const { walk: _, unusable: __, ...rest } = report.run;
    const told = {
      address,
      ...(order === undefined ? {} : { order }),
      level: walk.level ?? levelOf(undefined, newest, report.activityTypes()),
    };
    report.replace({ ...rest, state: rest.ahead.length === 0 ? 'working' : 'walking', streams: [...rest.streams, told] });
    await report.save(() => demandLease(context));
  }

  /** What could not be used when all of it was last read, and is no longer so. */
  async function mendedSince({ source }: SourceContext, address: string, whole: boolean, unusable: readonly string[]): Promise<string[]> {
    const document = whole ? await stores.sources.get(source) : undefined;
    const before = document ? (streamState(document, address).unusable ?? []) : [];
    return before.filter((entity) => !unusable.includes(entity));
  }

  async function end(context: SourceContext, report: RunReport): Promise<void> {
    report.change({ state: 'done', endedAt: now().getTime() });
    await report.save(() => demandLease(context));
    await save(context, report.id, ({ run: _ended, fault: _mended, ...current }) => current);
    const { items } = await stores.runs.list({ prefix: `${context.source}:`, limit: REPORTS * 2 });
    for (const { id } of items.slice(0, -REPORTS)) await stores.runs.remove(id);
  }

  return async (context) => {
    const document = await stores.sources.get(context.source);
    const begun = document && (await begin(context, document));
    if (!begun) return undefined;
    const { report } = begun;
    const { signal } = context;
    const walk: Walk = { ...context, run: report.id, listed: report.run.whole.length > 0 ? report.id : undefined };
    const bell = new Bell();
    let told = now().getTime();
    async function carryOut(due: Due): Promise<void> {
      const { code, fault } = await harvest(due, walk);
      if (fault) context.limit.slowDown();
      report.countOutcome(code);
      if (now().getTime() - told < TELL) return;
      told = now().getTime();
      await report.save(() => demandLease(context));
    }
    let isWalking = true;
    let fault: unknown;
    const walked = walkAll(context, report, begun.page, () => bell.ring())
      .catch((thrown: unknown) => {
        fault = thrown;
        return false;
      })
      .finally(() => {
        isWalking = false;
        bell.ring();
      });
    await carryOutWork({
      stores,
      source: context.source,
      report,
      atOnce: context.settings.atOnce * AHEAD,
      carryOut,
      walking: () => isWalking,
      more: () => bell.next(signal),
      demand: () => demandLease(context),
      signal,
    });
    const whole = await walked;
    await report.save(() => demandLease(context));
    if (fault !== undefined) throw fault;
    if (!whole || signal.aborted) return report;
    await withdrawMissed(walk, report, { stores, kind, withdrawals, outcome, now });
    if (signal.aborted) return report;
    await end(context, report);
    return report;
  };
}

/** Wakes who waits for it, and who comes to wait after it rang. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async next(signal: AbortSignal): Promise<void> {
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
        signal.addEventListener('abort', this.#wake, { once: true });
      });
    this.#rung = false;
    this.#wake = undefined;
  }
}
