import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { packPage } from './domain/page/pack-page.ts';
import { READER_VERSION, readText } from './domain/reading/read-text.ts';
import type { Stores, TextDocument } from './stores.ts';

export const PAGE_PREFIX = 'search/pages';

type Deps = Pick<ServiceDeps, 'blobs' | 'now'> & {
  textIndex: TextIndex;
  stores: Stores;
  outcome: RecordOutcome;
  announce: (image: string, cause: Cause) => Promise<void>;
};

/**
 * `canvas` is the canvas that shows the image: the image that names it, or its address where it is not one of ours. `about` is the canvas that
 * annotations of the source are about, where it is known.
 */
export type TextInput = { image: string; object: string; order: number; blob: BlobRef; canvas: string; about: string | undefined };

/** Puts the words of an image into the index and takes them out again; both end the same however often they run. */
export function indexText({ stores, blobs, textIndex, now, outcome, announce }: Deps) {
  const { texts, indexed } = stores;

  async function parse(blob: BlobRef, about: string | undefined) {
    const page = readText(await blobs.read(blob.key), about);
    const bytes = packPage(page);
    return { text: page.text, words: page.words.length, page: await blobs.put(contentKey(PAGE_PREFIX, sha256(bytes), '.page'), bytes) };
  }

  async function conclude(image: string, cause: Cause, next: Omit<TextDocument, 'revision' | 'announced'>): Promise<void> {
    await texts.update(image, (current) => {
      if (current?.state === next.state && current.source === next.source && current.reader === next.reader) return undefined;
      return { ...next, revision: (current?.revision ?? 0) + 1, announced: current?.announced ?? 0 };
    });
    await announce(image, cause);
  }

  async function add({ image, object, order, blob, canvas, about }: TextInput, cause: Cause): Promise<void> {
    const [known, entry] = await Promise.all([texts.get(image), indexed.get(image)]);
    const whole = entry !== undefined && (await blobs.stat(entry.page.key)) !== undefined;
    const done =
      known?.source === blob.sha256 &&
      known.reader === READER_VERSION &&
      (known.state === 'rejected' ||
        (known.state === 'indexed' &&
          whole &&
          entry?.source === blob.sha256 &&
          entry.order === order &&
          (entry.canvas ?? image) === canvas));
    if (done) return announce(image, cause);
    const started = now();
    try {
      const { text, words, page } = await parse(blob, about);
      await textIndex.put([{ id: image, group: object, order, text }]);
      await indexed.update(image, () => ({ source: blob.sha256, order, page, canvas }));
      await conclude(image, cause, { object, state: 'indexed', source: blob.sha256, reader: READER_VERSION, words, page });
      if (known?.state === 'rejected') await outcome(image, started, { code: 'indexed' }, cause);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.fault !== 'permanent') throw thrown;
      // One bad page is an outcome of its own; the object's other pages go on.
      await takeOut(image);
      const rejection = { code: problem.code, detail: problem.detail ?? problem.message };
      await outcome(image, started, failure(problem), cause);
      await conclude(image, cause, { object, state: 'rejected', source: blob.sha256, reader: READER_VERSION, words: 0, rejection });
    }
  }

  async function takeOut(image: string): Promise<void> {
    await textIndex.delete([image]);
    await indexed.remove(image);
  }

  async function remove(image: string, object: string, cause: Cause): Promise<void> {
    await takeOut(image);
    if (await texts.get(image)) await conclude(image, cause, { object, state: 'withdrawn', source: '', words: 0 });
  }

  return { add, remove };
}

export type IndexText = ReturnType<typeof indexText>;
