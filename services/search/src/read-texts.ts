import type { BlobRef } from '@vitrine/contracts/blob-ref.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { ServiceDeps } from '@vitrine/platform/deps.ts';
import { failure, type RecordOutcome } from '@vitrine/platform/events/outcomes.ts';
import type { Cause } from '@vitrine/platform/events/publisher.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { packPage } from './domain/page/pack-page.ts';
import { READER_VERSION, readText } from './domain/reading/read-text.ts';
import type { Stores, TextDocument } from './stores.ts';

export const PAGE_PREFIX = 'search/pages';

type Deps = Pick<ServiceDeps, 'blobs' | 'now'> & {
  stores: Pick<Stores, 'texts' | 'unused'>;
  outcome: RecordOutcome;
  announce: (image: string, cause: Cause) => Promise<void>;
};

/** An image's OCR. `about` is the canvas that annotations of the source are about, where it is known. */
export type TextInput = { readonly image: string; readonly object: string; readonly blob: BlobRef; readonly about: string | undefined };

/** What is to be published of a text. */
export type ReadText = Omit<TextDocument, 'revision' | 'announced'>;

/** Makes pages of texts, and tells of them; both end the same however often they run. */
export function openTexts({ stores: { texts, unused }, blobs, now, outcome, announce }: Deps) {
  /** One bad text is an outcome of its own; the object's others go on. What was read before is not read again. */
  async function read({ image, object, blob, about }: TextInput, cause: Cause): Promise<ReadText> {
    const known = await texts.get(image);
    if (known && known.source === blob.sha256 && known.reader === READER_VERSION) {
      if (known.state === 'rejected') return known;
      if (known.state === 'indexed' && known.page) {
        // First it is wanted again, then it is looked for: the sweep does it the other way round.
        await unused.remove(known.page.key);
        if (await blobs.stat(known.page.key)) return known;
      }
    }
    const started = now();
    try {
      const page = readText(await blobs.read(blob.key), about);
      const bytes = packPage(page);
      const key = contentKey(PAGE_PREFIX, sha256(bytes), '.page');
      await unused.remove(key);
      const kept = await blobs.put(key, bytes);
      if (known?.state === 'rejected') await outcome(image, started, { code: 'indexed' }, cause);
      return { object, state: 'indexed', source: blob.sha256, reader: READER_VERSION, words: page.words.length, page: kept };
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.fault !== 'permanent') throw thrown;
      const rejection = { code: problem.code, detail: problem.detail ?? problem.message };
      await outcome(image, started, failure(problem), cause);
      return { object, state: 'rejected', source: blob.sha256, reader: READER_VERSION, words: 0, rejection };
    }
  }

  /** Publishes what has become of a text: whoever hears that it is indexed finds it. */
  async function tell(image: string, { object, state, source, reader, words, page, rejection }: ReadText, cause: Cause): Promise<void> {
    await texts.update(image, (current) => {
      if (current?.state === state && current.source === source && current.reader === reader && current.page?.key === page?.key)
        return undefined;
      return {
        object,
        state,
        source,
        words,
        ...(reader === undefined ? {} : { reader }),
        ...(page ? { page } : {}),
        ...(rejection ? { rejection } : {}),
        revision: (current?.revision ?? 0) + 1,
        announced: current?.announced ?? 0,
      };
    });
    await announce(image, cause);
  }

  async function tellWithdrawn(image: string, object: string, cause: Cause): Promise<void> {
    if (await texts.get(image)) await tell(image, { object, state: 'withdrawn', source: '', words: 0 }, cause);
  }

  return { read, tell, tellWithdrawn };
}

export type Texts = ReturnType<typeof openTexts>;
