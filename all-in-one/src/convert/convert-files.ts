import type { ConversionSettings } from '@vitrine/converter/child/conversion-task.ts';
import { ChildPool } from '@vitrine/converter/child-pool.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { progressBar } from '../progress-bar.ts';
import type { Say } from '../show-progress.ts';
import { convertFile, type FileOutcome } from './convert-file.ts';
import { type ListedMaster, listMasters } from './list-masters.ts';
import { prepareFolder } from './prepare-folder.ts';

export type ConvertOptions = {
  /** Files and folders. */
  readonly names: readonly string[];
  readonly out: string;
  readonly jobs: number;
  readonly resume: boolean;
  readonly settings: ConversionSettings;
  readonly maxPixels: number;
  readonly memoryMegabytes: number;
  readonly totalMegabytes: number;
  readonly seconds: number;
  readonly say: Say;
  readonly signal: AbortSignal;
};

export type ConvertedFiles = {
  readonly converted: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly pages: number;
  /** Pages after the first that could not be read, of masters that were converted. */
  readonly rejectedPages: number;
  readonly masterBytes: number;
  readonly derivativeBytes: number;
  readonly seconds: number;
};

const MEGABYTE = 1_000_000;
/** Milliseconds between two lines of progress. */
const TELL = 200;
/** Masters that are hashed or brought to the disk while others are converted. */
const BESIDE = 2;
/** A first estimate makes sense after so many seconds. */
const KNOWN = 3;

export const poolOf = ({ jobs, memoryMegabytes, totalMegabytes, seconds }: ConvertOptions): ChildPool =>
  new ChildPool({ size: jobs, memoryMegabytes, totalMegabytes, seconds });

/** Converts every master that was named, a few at once, tells what became of each, and how long the rest will take. */
export async function convertFiles(options: ConvertOptions): Promise<ConvertedFiles> {
  await prepareFolder(options.out);
  options.say.progress('looking for masters', {});
  const masters = await listMasters(options.names, options.out);
  const pool = poolOf(options);
  try {
    return await convertListed(masters, pool, options);
  } finally {
    pool.close();
  }
}

/** The same of masters that are known, by a pool that is there. */
export async function convertListed(masters: readonly ListedMaster[], pool: ChildPool, options: ConvertOptions): Promise<ConvertedFiles> {
  const { say, signal, jobs } = options;
  const began = performance.now();
  const sum = { converted: 0, unchanged: 0, rejected: 0, pages: 0, rejectedPages: 0, masterBytes: 0, derivativeBytes: 0 };
  const total = masters.reduce((bytes, master) => bytes + master.bytes, 0);
  let [seen, worked, told] = [0, 0, 0];

  function progress(last: boolean): void {
    if (!last && performance.now() - told < TELL) return;
    told = performance.now();
    const seconds = (told - began) / 1000;
    const done = sum.converted + sum.unchanged + sum.rejected;
    const rate = worked / MEGABYTE / Math.max(0.001, seconds);
    const left = worked > 0 && seconds > KNOWN ? (total - seen) / MEGABYTE / rate : undefined;
    const ending = last || left === undefined ? '' : `, ${duration(left)} left`;
    say.progress(`${progressBar(total === 0 ? 1 : seen / total)} ${done} of ${masters.length} files, ${rate.toFixed(0)} MB/s${ending}`, {
      ...sum,
      files: masters.length,
      ...(left === undefined ? {} : { secondsLeft: Math.round(left) }),
    });
  }

  function tell(master: ListedMaster, ended: FileOutcome): void {
    seen += master.bytes;
    sum[ended.outcome]++;
    if (ended.outcome !== 'unchanged') worked += master.bytes;
    if (ended.outcome === 'converted') {
      const bad = ended.report.pages.filter(({ outcome }) => outcome === 'rejected');
      sum.pages += ended.report.pages.length - bad.length;
      sum.rejectedPages += bad.length;
      for (const { page, code, detail } of bad)
        say.line('page', `${printable(master.path)}, page ${page}: ${detail} (${code})`, {
          file: master.path,
          page,
          outcome: 'rejected',
          code,
          detail,
        });
      sum.masterBytes += master.bytes;
      sum.derivativeBytes += ended.derivativeBytes;
    }
    if (ended.outcome === 'rejected')
      say.line('file', `${printable(master.path)}: ${ended.detail} (${ended.code})`, { file: master.path, ...ended });
    else say.detail('file', { file: master.path, outcome: ended.outcome, ...(ended.outcome === 'converted' ? factsOf(ended) : {}) });
    progress(false);
  }

  await eachBounded(masters, jobs + BESIDE, async (master) => {
    signal.throwIfAborted();
    tell(master, await convertFile(master, { ...options, pool }));
  });
  progress(true);
  return { ...sum, seconds: Number(((performance.now() - began) / 1000).toFixed(1)) };
}

function factsOf({ report, derivativeBytes }: Extract<FileOutcome, { outcome: 'converted' }>) {
  return {
    sha256: report.sha256,
    pages: report.pages.filter(({ outcome }) => outcome === 'converted').length,
    derivativeBytes,
    seconds: report.seconds,
  };
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

/** A name may hold what would move the cursor. */
const printable = (name: string): string => name.replace(/\p{Cc}/gu, '?');
