import type { Blobs } from '@vitrine/platform/blobs/port.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import type { MatchPiece } from './domain/content-search/hits.ts';
import { ObjectIndex } from './domain/object-index/object-index.ts';
import type { UnitRange } from './domain/object-index/unit-ranges.ts';
import { unpackPage } from './domain/page/pack-page.ts';
import type { StoredPage } from './domain/page/word-table.ts';
import type { CanvasDocument, Stores } from './stores.ts';

/** Of the memory, what the pages of results take; the rest is for the words of objects. */
const FOR_PAGES = 0.25;
/** For how long it is remembered which index an object has, and which canvases are shown, in milliseconds. */
const FRESH = 1000;
const MOST_CANVASES = 1_000_000;
const MOST_STATES = 10_000;

/** An object's words, and the canvases that its pages are shown on. */
export type SearchedObject = {
  readonly object: string;
  readonly index: ObjectIndex;
  /** Undefined where the page is not shown: a hit would lead nowhere. */
  canvasOf(page: number): CanvasDocument | undefined;
};

type Deps = { stores: Pick<Stores, 'objects' | 'canvases'>; blobs: Blobs; memory: number };

/** The objects that are searched, the latest ones in memory: files are named by what they hold, so none is ever out of date. */
export function openSearchedObjects({ stores: { objects, canvases }, blobs, memory }: Deps) {
  const indexes = new LRUCache<string, ObjectIndex>({
    maxSize: Math.ceil(memory * (1 - FOR_PAGES)),
    sizeCalculation: ({ bytes }) => bytes + 1,
    fetchMethod: async (key) => new ObjectIndex(await blobs.read(key)),
  });
  const pages = new LRUCache<string, StoredPage>({
    maxSize: Math.ceil(memory * FOR_PAGES),
    sizeCalculation: ({ text, words }) => words.bytes + text.length * 2 + 1,
    fetchMethod: async (key) => unpackPage(await blobs.read(key)),
  });
  const shown = new LRUCache<string, readonly (CanvasDocument | undefined)[]>({
    maxSize: MOST_CANVASES,
    sizeCalculation: ({ length }) => length + 1,
    ttl: FRESH,
  });

  const states = new LRUCache<string, { readonly state: 'present' | 'withdrawn'; readonly key: string | undefined }>({
    max: MOST_STATES,
    ttl: FRESH,
    fetchMethod: async (object) => {
      const known = await objects.get(object);
      return known && { state: known.state, key: known.index?.key };
    },
  });

  /** Undefined of an object that has no words. @throws Problem `object-not-found`, `object-withdrawn` */
  async function open(object: string): Promise<SearchedObject | undefined> {
    const known = await states.fetch(object);
    if (!known) throw new Problem('object-not-found', { detail: object });
    if (known.state === 'withdrawn') throw new Problem('object-withdrawn', { detail: object });
    return known.key === undefined ? undefined : read(object, known.key);
  }

  /** The same of an object that was found: it may have gone meanwhile. */
  async function openFound(object: string): Promise<SearchedObject | undefined> {
    const known = await states.fetch(object);
    return known?.state === 'present' && known.key !== undefined ? read(object, known.key) : undefined;
  }

  async function read(object: string, key: string): Promise<SearchedObject> {
    const index = await indexes.forceFetch(key);
    const kept = shown.get(key) ?? (await canvases.getMany(index.pages.map(({ image }) => image)));
    if (!shown.has(key)) shown.set(key, kept);
    return { object, index, canvasOf: (page) => (kept[page]?.shown ? kept[page] : undefined) };
  }

  /** The pieces of a match on the pages that are shown. */
  async function piecesOf({ index, canvasOf }: SearchedObject, range: UnitRange): Promise<MatchPiece[]> {
    const pieces: MatchPiece[] = [];
    for (let number = index.pageOf(range.first); number <= index.pageOf(range.last); number++) {
      const [named, canvas, span] = [index.pages[number], canvasOf(number), index.spanOn(number, range)];
      if (!named || !canvas || !span) continue;
      const { image, canvas: shownOn, page } = named;
      pieces.push({ image, shownOn, page: pages.get(page) ?? (await pages.forceFetch(page)), span, canvas });
    }
    return pieces;
  }

  return { open, openFound, piecesOf };
}

export type SearchedObjects = ReturnType<typeof openSearchedObjects>;
