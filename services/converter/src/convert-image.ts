import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandlerContext, Outcome } from '@vitrine/platform/events/handler.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { AnnounceImage } from './announce-image.ts';
import type { Progress } from './conversions-under-way.ts';
import type { DeriveImage } from './derive-image.ts';
import { converted, type ImageResult, RejectedMaster, rejectionOf } from './image-results.ts';
import { linger } from './linger.ts';
import { fetchMaster, type MasterSources } from './masters/fetch-master.ts';
import type { Derivative, ImageDocument } from './stores.ts';

const DAY = 24 * 60 * 60 * 1000;

type Deps = {
  sources: MasterSources;
  derive: DeriveImage;
  results: ImageResult;
  announce: AnnounceImage;
  now: () => Date;
  workFolder: string;
  maxBytes: number;
};

type Conversion = {
  readonly image: string;
  /** As it was when the work began. */
  readonly read: ImageDocument;
  readonly address: string;
  /** Whose record names it. */
  readonly source: string | undefined;
  readonly cause: Cause;
  readonly context: HandlerContext;
  /** A derivative of it was found damaged: it is made anew whatever the source says. */
  readonly damaged: boolean;
  readonly tell?: (progress: Progress) => void;
};

export type ConvertImage = (conversion: Conversion) => Promise<Outcome>;

/**
 * Asks for an image's master again, and where its bytes are new makes a derivative of each of its pages.
 *
 * @throws RejectedMaster for what is wrong with the bytes; Problem for all else
 */
export function convertImage({ sources, derive, results, announce, now, workFolder, maxBytes }: Deps): ConvertImage {
  /** Every page after the first; one that can't be read is rejected alone. */
  async function convertPages(
    { image, read, cause, context, tell }: Conversion,
    file: string,
    sha256: string,
    pages: number,
  ): Promise<void> {
    for (let page = 2; page <= pages; page++) {
      context.signal.throwIfAborted();
      tell?.({ phase: 'converting', page, pages });
      const made = await linger(context.signal, (late) => derive({ file, sha256, page }, late)).catch((thrown: unknown) => {
        const problem = asProblem(thrown);
        if (problem.fault !== 'permanent') throw thrown;
        return rejectionOf(problem);
      });
      if (!(await results.concludePage(image, read, { page, sha256, made }, cause))) return;
    }
    await results.concludePages(image, pages, cause);
  }

  return async (conversion) => {
    const { image, read, address, source, cause, context, damaged, tell } = conversion;
    const { signal, replayed } = context;
    const known = read.fetched?.address === address ? read.fetched : undefined;
    const settled = !damaged && !replayed && (read.state === 'converted' || read.state === 'rejected');
    // Without an ETag a look costs the whole master: at most daily.
    if (settled && known && known.etag === undefined && now().getTime() - known.at < DAY) {
      await announce(image, cause);
      return { code: 'looked-at-today' };
    }
    const file = join(workFolder, randomUUID());
    try {
      const fetched = await fetchMaster(sources, address, file, {
        source,
        etag: settled ? known?.etag : undefined,
        maxBytes,
        signal,
        received: (bytes) => tell?.({ phase: 'fetching', bytes }),
      });
      const mark = fetched && { address, at: now().getTime(), ...fetched };
      if (!mark || (settled && known?.sha256 === mark.sha256)) {
        if (mark) await results.conclude(image, read, cause, (current) => ({ ...current, fetched: mark }));
        else await announce(image, cause);
        // Still what it was: also still rejected.
        return read.state === 'rejected' && read.rejection ? { ...read.rejection, failed: true } : { code: 'unchanged' };
      }
      tell?.({ phase: 'converting', page: 1 });
      const derivative = await linger(signal, (late) => derive({ file, sha256: mark.sha256, page: 1 }, late)).catch((thrown: unknown) => {
        throw new RejectedMaster(asProblem(thrown), mark);
      });
      const { width, height, pages } = derivative;
      // A book is done when its last page is: until then a crash begins with the master again, and finds the pages that were made.
      const wanted = await results.conclude(image, read, cause, (current) =>
        withDerivative(current, derivative, pages === 1 ? mark : undefined),
      );
      if (!wanted) return { code: 'no-longer-wanted' };
      if (pages > 1 || (read.mostPages ?? 1) > 1) await convertPages(conversion, file, mark.sha256, pages);
      if (pages > 1) await results.conclude(image, read, cause, (current) => ({ ...current, fetched: mark }));
      return { code: 'converted', detail: `${width} × ${height}${pages > 1 ? `, ${pages} pages` : ''}` };
    } finally {
      await rm(file, { force: true });
    }
  };
}

function withDerivative(current: ImageDocument, derivative: Derivative, mark: ImageDocument['fetched']): ImageDocument {
  const { fetched: _, ...rest } = converted(current, derivative) ?? current;
  return mark ? { ...rest, fetched: mark } : rest;
}
