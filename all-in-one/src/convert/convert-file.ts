import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ConversionResult, ConversionSettings } from '@vitrine/converter/child/conversion-task.ts';
import type { ChildPool } from '@vitrine/converter/child-pool.ts';
import { isDiskFault } from '@vitrine/converter/disk-fault.ts';
import { hashFile } from '@vitrine/converter/hash-file.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { ListedMaster } from './list-masters.ts';
import { WRITING } from './prepare-folder.ts';

/** What lies beside the derivatives of a master: written without pages when it is begun, and with all of them when it is done. */
const FileReport = Type.Object({
  file: Type.String(),
  bytes: Type.Integer(),
  modified: Type.Number(),
  sha256: Type.String(),
  settings: Type.Unknown(),
  pages: Type.Array(
    Type.Object({
      page: Type.Integer(),
      derivative: Type.Optional(Type.String()),
      outcome: Type.Union([Type.Literal('converted'), Type.Literal('rejected')]),
      code: Type.Optional(Type.String()),
      detail: Type.Optional(Type.String()),
      report: Type.Optional(Type.Unknown()),
    }),
  ),
  seconds: Type.Number(),
});
type FileReport = Static<typeof FileReport>;

export type FileOutcome =
  | { readonly outcome: 'converted'; readonly report: FileReport; readonly derivativeBytes: number }
  | { readonly outcome: 'unchanged' }
  | { readonly outcome: 'rejected'; readonly code: string; readonly detail: string };

export type ConvertFileOptions = {
  readonly out: string;
  readonly pool: ChildPool;
  readonly settings: ConversionSettings;
  readonly maxPixels: number;
  /** Leave alone what is done already. */
  readonly resume: boolean;
  readonly signal: AbortSignal;
};

/**
 * Every page of a master into a derivative with its tile table and thumbnails, and a report beside them. Each appears whole or not at all.
 *
 * @throws Problem `port-unavailable` where the disk is full
 */
export async function convertFile(master: ListedMaster, options: ConvertFileOptions): Promise<FileOutcome> {
  const { out, settings, resume, signal } = options;
  const place = join(out, master.place);
  const told = `${place}.report.json`;
  const before = await readReport(told);
  if (resume && before && isDone(before, master, settings)) return { outcome: 'unchanged' };
  const foreign = before === undefined ? await foreignAt(place, settings) : undefined;
  if (foreign !== undefined) {
    const detail = `${foreign} is there, and no report says that it was made of a master: it is left alone`;
    return { outcome: 'rejected', code: 'output-taken', detail };
  }
  const began = performance.now();
  await mkdir(dirname(place), { recursive: true });
  const known = { file: master.path, bytes: master.bytes, modified: master.modified, settings };
  async function tell(sha256: string, pages: FileReport['pages']): Promise<FileReport> {
    const report = { ...known, sha256, pages, seconds: Number(((performance.now() - began) / 1000).toFixed(3)) };
    await writeWhole(told, `${JSON.stringify(report, null, 2)}\n`);
    return report;
  }
  let sha256 = '';
  try {
    sha256 = await hashFile(master.path);
    // Before anything of it is there: who is interrupted knows what is its own.
    await tell(sha256, []);
    const pages: FileReport['pages'] = [];
    let derivativeBytes = 0;
    for (let page = 1, count = 1; page <= count; page++) {
      signal.throwIfAborted();
      const made = await convertPage(master, page, place, options).catch((thrown: unknown) => {
        const problem = asProblem(thrown);
        // A page that can't be read is no reason to give up a book; a first one says that there is none.
        if (page === 1 || problem.fault !== 'permanent') throw thrown;
        return { outcome: 'rejected' as const, code: problem.code, detail: problem.detail ?? problem.message };
      });
      if ('result' in made) {
        const { thumbnails, ...report } = made.result;
        count = report.master.pages;
        derivativeBytes += report.bytes.derivative;
        pages.push({
          page,
          outcome: 'converted',
          derivative: basename(made.derivative),
          report: { ...report, thumbnails: thumbnails.map(({ file, ...size }) => ({ ...size, file: basename(file) })) },
        });
      } else pages.push({ page, ...made });
    }
    const report = await tell(sha256, pages);
    return { outcome: 'converted', report, derivativeBytes };
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    const problem = asProblem(thrown);
    // A full disk ends the run; all else is this master's alone.
    if (problem.fault === 'infrastructure' || isDiskFault(thrown)) throw thrown;
    const system: unknown = Reflect.get(Object(problem.cause ?? thrown), 'code');
    const code = system === 'ENOENT' ? 'master-missing' : problem.code === 'unexpected' ? 'master-unreadable' : problem.code;
    const detail = problem.detail ?? problem.message;
    if (sha256 !== '') await tell(sha256, [{ page: 1, outcome: 'rejected', code, detail }]);
    return { outcome: 'rejected', code, detail };
  }
}

async function convertPage(
  { path }: ListedMaster,
  page: number,
  place: string,
  { pool, settings, maxPixels, signal }: ConvertFileOptions,
): Promise<{ result: ConversionResult; derivative: string }> {
  const output = join(dirname(place), `.${randomUUID()}${WRITING}`);
  const tiles = `${output}.tiles`;
  const bare = page === 1 ? place : `${place}.p${page}`;
  const left = [output, tiles, ...settings.thumbnails.map((side) => `${output}.${side}.jpg`)];
  try {
    const result = await pool.convert({ input: path, output, tiles, page, settings, maxPixels }, signal);
    const derivative = `${bare}.${result.format ?? 'tif'}`;
    const thumbnails = result.thumbnails.map(({ file, ...size }) => ({ ...size, file: bare + file.slice(output.length), from: file }));
    const beside = thumbnails.map(({ from, file }) => [from, file] as const);
    if (result.format === undefined) beside.push([tiles, `${bare}.tiles`]);
    await Promise.all(beside.map(([from, to]) => settle(from, to)));
    await settle(output, derivative);
    return { result: { ...result, thumbnails: thumbnails.map(({ from: _, ...thumbnail }) => thumbnail) }, derivative };
  } finally {
    await Promise.all(left.map((file) => rm(file, { force: true })));
  }
}

/** Surely on the disk first, then under its name. */
async function settle(from: string, to: string): Promise<void> {
  const file = await open(from, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(from, to);
}

async function writeWhole(path: string, text: string): Promise<void> {
  const written = join(dirname(path), `.${randomUUID()}${WRITING}`);
  try {
    const file = await open(written, 'w');
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await settle(written, path);
  } finally {
    await rm(written, { force: true });
  }
}

async function readReport(path: string): Promise<FileReport | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  try {
    const report: unknown = text === undefined ? undefined : JSON.parse(text);
    return Check(FileReport, report) ? report : undefined;
  } catch {
    return undefined;
  }
}

function isDone(report: FileReport, { bytes, modified }: ListedMaster, settings: ConversionSettings): boolean {
  if (report.pages[0]?.outcome !== 'converted') return false;
  return report.bytes === bytes && report.modified === modified && JSON.stringify(report.settings) === JSON.stringify(settings);
}

/** What lies where a derivative would go, of somebody else. */
async function foreignAt(place: string, { thumbnails }: ConversionSettings): Promise<string | undefined> {
  const targets = ['.tif', '.jp2', '.tiles', '.report.json', ...thumbnails.map((side) => `.${side}.jpg`)].map((ending) => place + ending);
  for (const target of targets) if (await isThere(target)) return target;
  return undefined;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
