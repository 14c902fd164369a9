import { AdaptiveLimit } from './adaptive-limit.ts';
import { levelOf } from './domain/stream/level-of.ts';
import { oddities, type Weight } from './domain/stream/oddities.ts';
import type { StreamPage } from './domain/stream/stream-document.ts';
import type { FetchDocument } from './fetch-document.ts';
import { openWalk } from './open-walk.ts';
import { type Read, type ReadStream, readStream } from './read-stream.ts';
import { newRun, RunReport } from './run-report.ts';
import type { StreamState } from './stores.ts';
import { streamPages, walkedPage } from './stream-pages.ts';
import { walkPages } from './walk-pages.ts';

export type Finding = {
  readonly code: string;
  readonly weight: Weight;
  readonly clause: string;
  readonly title: string;
  readonly count: number;
  /** The place that shows it. */
  readonly example: string;
};

/** How a publisher's stream keeps IIIF Change Discovery 1.0. */
export type Conformance = {
  readonly address: string;
  readonly level: 0 | 1 | 2;
  readonly order: StreamState['order'];
  readonly pages: number;
  /** Whether every page was read. */
  readonly whole: boolean;
  readonly bytes: number;
  readonly seconds: number;
  readonly activities: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
};

type Deps = {
  fetch: FetchDocument;
  now: () => Date;
  /** Pages to read at the most. */
  most: number;
  signal: AbortSignal;
  progress?: (pages: number) => void;
};

const WEIGHTS: readonly Weight[] = ['must', 'should', 'note'];

/**
 * Reads a stream as the harvester does, and tells everything that it does otherwise than the specification says, by clause.
 *
 * @throws Problem `stream-invalid`, `stream-page-missing`, `source-unreachable`, …: where there is nothing to judge
 */
export async function checkStream(address: string, { fetch, now, most, signal, progress }: Deps): Promise<Conformance> {
  const began = now();
  const limit = new AdaptiveLimit(1);
  const enough = new AbortController();
  const ending = AbortSignal.any([signal, enough.signal]);
  const report = new RunReport('check', newRun(address, began), { runs: { update: async () => undefined } });
  const { read, links } = observed(
    readStream((...asked) => limit.run(() => fetch(...asked), signal), signal),
    report,
  );
  const context = { streams: [address], classes: [], paths: [], now: began.getTime() };
  const state: StreamState = { address };
  const opened = await openWalk({ read, state, whole: true, context, note: report.note, failures: 0 });
  let whole = true;
  if (opened) {
    // A Refresh ends nothing here: what is before it is judged too.
    report.change({ walk: { stream: 0, ...opened.walk, isFirst: false } });
    const ended = await walkPages(
      {
        stores: { work: { update: async () => undefined } },
        blobs: { put: async (key) => ({ key, sha256: '', bytes: 0 }) },
        report,
        pages: streamPages(read, context, report),
        failures: 0,
        demand: () => {},
        quarantine: async () => {},
        stored: () => {
          progress?.(report.run.pages);
          if (report.run.pages >= most) enough.abort();
        },
        signal: ending,
      },
      opened.page && walkedPage(opened.page, context, report),
    );
    signal.throwIfAborted();
    whole = ended !== undefined;
  }
  const { pages, bytes, walk } = report.run;
  links.judge(whole);
  return {
    address,
    level: levelOf(undefined, walk?.newest, report.activityTypes()),
    order: walk?.order,
    pages,
    whole,
    bytes,
    seconds: (now().getTime() - began.getTime()) / 1000,
    activities: report.activities(),
    findings: report
      .oddities()
      .map(({ code, count, example }) => ({ code, ...oddities[code], count, example }))
      .toSorted((a, b) => WEIGHTS.indexOf(a.weight) - WEIGHTS.indexOf(b.weight)),
  };
}

/** What a harvest needs not know: whether every page says which come before and after it, and whether the collection counts right. */
function observed(read: ReadStream, report: RunReport): { read: ReadStream; links: { judge: (whole: boolean) => void } } {
  let ends: { first: string | undefined; last: string | undefined; total: number | undefined; place: string } | undefined;
  const pages = new Map<string, { items: number; prev: boolean; next: boolean }>();
  const remember = (page: Read<StreamPage> | undefined) => {
    if (page) {
      const { items, prev, next } = page.document;
      pages.set(page.seen.address, { items: items.length, prev: prev !== undefined, next: next !== undefined });
    }
    return page;
  };
  return {
    read: {
      collection: async (address, known, note) => {
        const found = await read.collection(address, known, note);
        if (found) ends = { ...found.document, place: address };
        return found;
      },
      page: async (address, known, note) => remember(await read.page(address, known, note)),
    },
    links: {
      judge: (whole) => {
        if (!ends) return;
        const { first, last, total, place } = ends;
        for (const [address, { prev, next }] of pages) {
          if (!prev && address !== first && pages.size > 1 && report.countOf('prev-missing') === 0) report.note('prev-missing', address);
          if (!next && address !== last && pages.size > 1) report.note('next-missing', address);
        }
        const items = [...pages.values()].reduce((sum, page) => sum + page.items, 0);
        if (whole && total !== undefined && pages.size > 0 && total !== items)
          report.note('total-items-wrong', `${place} says ${total}, its pages hold ${items}`);
      },
    },
  };
}

/** The number of findings of a weight. */
export const findingsOf = ({ findings }: Conformance, weight: Weight): readonly Finding[] =>
  findings.filter((finding) => finding.weight === weight);
