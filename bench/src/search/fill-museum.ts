import type { MuseumObject } from '@vitrine/contracts/museum-object.ts';
import { pageFileParts } from '@vitrine/contracts/page-file.ts';
import { contentKey, sha256 } from '@vitrine/platform/blobs/content-key.ts';
import type { Adapters } from '@vitrine/platform/deps.ts';
import { openIndexing, type PageInput } from '@vitrine/search/index-object.ts';
import { openLanguages } from '@vitrine/search/languages-in-use.ts';
import { openTexts } from '@vitrine/search/read-texts.ts';
import { type Description, openStores } from '@vitrine/search/stores.ts';
import { altoOf, type Corpus } from './corpus.ts';

export type Filled = { readonly words: number; readonly seconds: number; readonly placesBytes: number };

type Plan = { readonly objects: readonly string[]; readonly pages: number; readonly words: number };

/** Objects with texts, from ALTO to where they are found: as the service's handler does it, without the events. */
export async function fillMuseum(adapters: Adapters, corpus: Corpus, { objects, pages, words }: Plan): Promise<Filled> {
  const { documents, blobs, textIndex } = adapters;
  const stores = await openStores(documents);
  const nothing = async () => {};
  const texts = openTexts({ stores, blobs, now: () => new Date(), outcome: nothing, announce: nothing });
  const indexing = openIndexing({ stores, blobs, textIndex, languages: openLanguages(stores), facetLabels: [] });
  let [seconds, placesBytes] = [0, 0];
  for (const object of objects) {
    const sources = [];
    for (let page = 0; page < pages; page++) {
      const alto = altoOf(corpus.words(words));
      const blob = await blobs.put(contentKey('bench/texts', sha256(alto), '.xml'), alto);
      const image = `${object}-${page}`;
      sources.push({ image, blob });
      await stores.canvases.put(image, { revision: 1, shown: true, width: 2400, height: 3600, isOurs: true }, 0);
    }
    const began = performance.now();
    const read: PageInput[] = [];
    for (const { image, blob } of sources) {
      const { page } = await texts.read({ image, object, blob, about: undefined }, {});
      if (page) read.push({ image, canvas: image, page: page.key, language: 'de' });
    }
    const index = await indexing.index(object, read, descriptionOf(object, read), undefined);
    seconds += (performance.now() - began) / 1000;
    await stores.descriptions.put(object, descriptionOf(object, read), 0);
    await stores.objects.put(
      object,
      { revision: 1, state: 'present', images: read.map(({ image }) => image), ...(index ? { index } : {}) },
      0,
    );
    for (const { page } of read) placesBytes += pageFileParts(await blobs.read(page))?.places.length ?? 0;
    for (const { blob } of sources) await blobs.delete(blob.key);
  }
  return { words: objects.length * pages * words, seconds, placesBytes };
}

function descriptionOf(object: string, read: readonly PageInput[]): Description {
  const label: MuseumObject['label'] = { en: [`The ${object}`] };
  return {
    revision: 1,
    source: 'bench',
    label,
    values: [{ label: { en: ['Type'] }, value: { en: [object.length % 2 === 0 ? 'Book' : 'Newspaper'] } }],
    collections: ['root', 'source-bench'],
    sections: [],
    begin: 1800 + (object.length % 10),
    end: 1820,
    ...(read[0] ? { image: read[0].image } : {}),
  };
}
