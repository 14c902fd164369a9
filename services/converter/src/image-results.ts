import { pageImageId } from '@vitrine/contracts/page-image-id.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { asProblem, type Problem } from '@vitrine/platform/problem.ts';
import type { AnnounceImage } from './announce-image.ts';
import type { Derivative, ImageDocument, Stores } from './stores.ts';
import { withdrawPages } from './withdraw-image.ts';

type Change = (current: ImageDocument) => ImageDocument;
type Rejection = NonNullable<ImageDocument['rejection']>;

type MadePage = { readonly page: number; readonly sha256: string; readonly made: Derivative | Rejection };

const SUPERSEDED_KEPT = 50;

/** What came of work on an image is written, unless the image was withdrawn or wanted differently meanwhile, and announced. */
export type ImageResult = {
  /** @returns whether it was still wanted */
  conclude(image: string, read: ImageDocument, cause: Cause, change: Change): Promise<boolean>;
  /**
   * The same of a page after the first, which has no wish of its own: it is written while the image is what was made of the same master.
   *
   * @returns whether it was
   */
  concludePage(image: string, read: ImageDocument, page: MadePage, cause: Cause): Promise<boolean>;
  /** Drops what pages an earlier master had beyond these: they go when no manifest shows them any more (R10). */
  concludePages(image: string, pages: number, cause: Cause): Promise<void>;
};

export function imageResults(stores: Stores, announce: AnnounceImage): ImageResult {
  const { images } = stores;
  return {
    conclude: async (image, read, cause, change) => {
      let concluded = false;
      await images.update(image, (current) => {
        concluded = current !== undefined && current.state !== 'withdrawn' && sameWish(current, read);
        return current && concluded ? change(current) : undefined;
      });
      await announce(image, cause);
      return concluded;
    },

    concludePage: async (image, read, { page, sha256, made }, cause) => {
      const whole = await images.get(image);
      // Another run has newer bytes: its pages are the image's.
      if (whole?.state !== 'converted' || whole.derivative?.master.sha256 !== sha256) return false;
      const id = pageImageId(image, page);
      const { object, wanted, rights } = read;
      await images.update(id, (current) => {
        const known: ImageDocument = current ?? {
          object,
          revision: 0,
          announced: 0,
          state: 'wanted',
          wanted,
          ...(rights === undefined ? {} : { rights }),
          superseded: [],
          pageOf: { image, page },
        };
        // What the page was in an earlier master is not shown beside the pages of this one.
        const changed = 'version' in made ? converted(known, made) : rejected({ ...known, state: 'rejected' }, made, known);
        return changed && { ...changed, wanted };
      });
      // The image may have been withdrawn between its last look and this.
      if ((await images.get(image))?.state === 'withdrawn') await withdrawPages(image, page, page, stores, announce, cause);
      else await announce(id, cause);
      return true;
    },

    concludePages: async (image, pages, cause) => {
      const whole = await images.get(image);
      const most = whole?.mostPages ?? 1;
      if (!whole || most <= pages) return;
      const gone = Array.from({ length: most - pages }, (_, n) => pageImageId(image, pages + 1 + n));
      const planned = await stores.objects.update(whole.object, (current) =>
        current?.state === 'present' ? { ...current, dropped: [...new Set([...current.dropped, ...gone])] } : undefined,
      );
      // No record, no manifest: nobody shows them.
      if (planned?.state !== 'present') await withdrawPages(image, pages + 1, most, stores, announce, cause);
    },
  };
}

/** An image with a derivative; undefined where it has this one already. */
export function converted(current: ImageDocument, derivative: Derivative): ImageDocument | undefined {
  const { rejection: _, cancelled: __, ...rest } = current;
  const same = current.state === 'converted' && current.derivative?.blob.key === derivative.blob.key;
  if (same && current.derivative?.report.key === derivative.report.key) return undefined;
  return {
    ...rest,
    state: 'converted',
    derivative,
    superseded: supersededBy(current, derivative.version),
    mostPages: Math.max(current.mostPages ?? 1, current.pageOf ? 1 : derivative.pages),
    revision: current.revision + 1,
  };
}

/** An image whose master can't be used; one that can still be shown as it was stays. */
export function rejected(current: ImageDocument, rejection: Rejection, before = current): ImageDocument {
  if (current.state === 'converted' || current.state === 'described') return { ...current, rejection };
  return { ...current, state: 'rejected', rejection, revision: current.revision + (sameRejection(before, rejection) ? 0 : 1) };
}

/** A master that can't be used: the manifest goes on without it. @throws what was thrown */
export async function rejectImage(results: ImageResult, image: string, read: ImageDocument, cause: Cause, thrown: unknown): Promise<never> {
  const problem = thrown instanceof RejectedMaster ? thrown.problem : asProblem(thrown);
  if (problem.fault !== 'permanent') throw problem;
  const mark = thrown instanceof RejectedMaster ? { fetched: thrown.fetched } : {};
  await results.conclude(image, read, cause, (current) => {
    const after = rejected(current, rejectionOf(problem));
    return after.state === 'rejected' ? { ...after, ...mark } : after;
  });
  throw problem;
}

export const rejectionOf = (problem: Problem): Rejection => ({ code: problem.code, detail: problem.detail ?? problem.message });

/** A fault of the bytes that were fetched: they are remembered with it, so that equal bytes are not tried again. */
export class RejectedMaster extends Error {
  readonly problem: Problem;
  readonly fetched: NonNullable<ImageDocument['fetched']>;
  constructor(problem: Problem, fetched: NonNullable<ImageDocument['fetched']>) {
    super(problem.message, { cause: problem });
    this.problem = problem;
    this.fetched = fetched;
  }
}

function sameWish(a: ImageDocument, b: ImageDocument): boolean {
  return a.wanted.master === b.wanted.master && a.wanted.service?.id === b.wanted.service?.id;
}

function sameRejection({ state, rejection }: ImageDocument, { code, detail }: Rejection): boolean {
  return state === 'rejected' && rejection?.code === code && rejection.detail === detail;
}

function supersededBy({ derivative, superseded }: ImageDocument, version: string): string[] {
  const former = derivative ? [derivative.version, ...superseded] : superseded;
  return [...new Set(former)].filter((known) => known !== version).slice(0, SUPERSEDED_KEPT);
}
