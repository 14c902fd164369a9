import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import type { TextIndex } from '@vitrine/platform/text-index/port.ts';
import { indexedObject } from './domain/entry/indexed-object.ts';
import { INDEX_VERSION, IndexBuilder } from './domain/object-index/index-builder.ts';
import { ObjectIndex } from './domain/object-index/object-index.ts';
import { unpackPage } from './domain/page/pack-page.ts';
import type { LanguagesInUse } from './languages-in-use.ts';
import type { Description, Stores } from './stores.ts';

export const INDEX_PREFIX = 'search/indexes';

type Deps = {
  stores: Pick<Stores, 'unused'>;
  blobs: Blobs;
  textIndex: TextIndex;
  languages: Pick<LanguagesInUse, 'note'>;
  facetLabels: readonly string[];
  language?: string;
};

/** A page of an object: whose text, on which canvas, in which file. `language` is that of a text that doesn't say its own. */
export type PageInput = { readonly image: string; readonly canvas: string; readonly page: string; readonly language: string | undefined };

/** Makes the index of an object's words, and puts the object among all. */
export function openIndexing({ stores: { unused }, blobs, textIndex, languages, facetLabels, language: usual }: Deps) {
  async function build(pages: readonly PageInput[]): Promise<Buffer> {
    const builder = new IndexBuilder();
    for (const { image, canvas, page, language = usual } of pages)
      builder.add({ image, canvas, page }, unpackPage(await blobs.read(page)), language);
    return builder.build();
  }

  /** Answers where the index is; undefined of an object without words. What was made of the same is not made again. */
  async function index(
    object: string,
    pages: readonly PageInput[],
    description: Description,
    former: { key: string; of: string } | undefined,
  ) {
    const of = sha256(Buffer.from(JSON.stringify([INDEX_VERSION, usual, pages])));
    let bytes: Buffer | undefined;
    let made = former;
    if (former?.of === of) {
      // First it is wanted again, then it is looked for: the sweep does it the other way round.
      await unused.remove(former.key);
      if (await blobs.stat(former.key)) bytes = await blobs.read(former.key);
    }
    if (pages.length === 0) made = undefined;
    else if (!bytes) {
      bytes = await build(pages);
      made = { key: contentKey(INDEX_PREFIX, sha256(bytes), '.index'), of };
      await unused.remove(made.key);
      await blobs.put(made.key, bytes);
    }
    const entry = indexedObject(object, description, bytes && new ObjectIndex(bytes), facetLabels);
    await languages.note(entry.languages);
    await textIndex.put([entry.indexed]);
    return made;
  }

  return { index, remove: (object: string, revision: number) => textIndex.delete([{ id: object, revision }]) };
}

export type Indexing = ReturnType<typeof openIndexing>;
