import type { Publication, Stores, StreamEntry, StreamPage } from '../stores.ts';

/** Entries of a page. Each is an activity a version. */
const ENTRIES = 50;
const HEAD = 'head';

/** Pages are in the order of their names. */
export const pageKey = (page: number): string => String(page).padStart(12, '0');

type Tail = { readonly page: number; readonly version: number; readonly value: StreamPage };
type Deps = {
  stores: Pick<Stores, 'publications' | 'streamPages' | 'streamHead'>;
  publicUrl: string;
  now: () => Date;
  /** The stream is longer now. */
  told?: () => void;
};

/** Puts on the newest page what publications have to say, at most a page of them; answers how many were looked at, and undefined where somebody else has written the page meanwhile. */
export type AppendToStream = () => Promise<number | undefined>;

/**
 * Only who holds the lease of the stream calls it; the page's own version keeps out one who slept through his.
 *
 * What was said is noted in each publication, after the page is written. What a crash leaves between is on the last two pages, since no batch begins before the notes of the one before are made: they are made first.
 */
export function appendToStream({ stores, publicUrl, now, told }: Deps): AppendToStream {
  const { publications, streamPages } = stores;
  /** What this process has noted, as far as it is on the last pages: anything else there may be another's, who died before he noted it. */
  let noted: ReadonlySet<string> = new Set();

  async function lastPages(page: number): Promise<readonly StreamEntry[]> {
    const pages = await streamPages.getMany([pageKey(page - 1), pageKey(page)]);
    return pages.flatMap((one) => one?.entries ?? []);
  }

  async function note(id: string, said: Said): Promise<void> {
    await publications.update(id, (current) => {
      if (!current) return undefined;
      const known = current.streamed?.revision ?? 0;
      const newest = said.revision > known ? { streamed: said } : {};
      const isSaid = current.revision <= Math.max(known, said.revision);
      if (!isSaid) return { ...current, ...newest };
      const { unstreamed: _, ...rest } = current;
      return { ...rest, ...newest };
    });
  }

  return async () => {
    // Whatever a crash left unsaid or unnoted is among these.
    const { items: unsaid } = await publications.list({ where: { field: 'unstreamed', equals: 1 }, limit: 1 });
    if (unsaid.length === 0) return 0;
    const tail = await openTail(stores);
    if (!tail) return undefined;
    const last = await lastPages(tail.page);
    const newest = new Map(last.map((entry) => [entry.object, entry]));
    await Promise.all([...newest.values()].map((entry) => (noted.has(nameOf(entry)) ? undefined : note(entry.object, saidBy(entry)))));
    noted = new Set(last.map(nameOf));
    const { items } = await publications.list({ where: { field: 'unstreamed', equals: 1 }, limit: ENTRIES - tail.value.entries.length });
    const time = Math.max(now().getTime(), last.at(-1)?.time ?? 0);
    const batch = items.map(({ id, value }) => ({ id, revision: value.revision, entry: entryOf(id, value, { publicUrl, time }) }));
    const entries = batch.flatMap(({ entry }) => entry ?? []);
    if (entries.length > 0) {
      const page = { ...tail.value, entries: [...tail.value.entries, ...entries] };
      if (!(await streamPages.put(pageKey(tail.page), page, tail.version))) return undefined;
      told?.();
    }
    await Promise.all(batch.map(({ id, revision, entry }) => note(id, entry ? saidBy(entry) : { revision, versions: [], publicUrl })));
    noted = new Set([...last, ...entries].map(nameOf));
    return items.length;
  };
}

const nameOf = ({ object, revision }: StreamEntry): string => `${object}@${revision}`;

type Said = NonNullable<Publication['streamed']>;

const saidBy = ({ revision, versions, publicUrl }: StreamEntry): Said => ({ revision, versions, publicUrl });

/** What a publication has to say that the stream has not; undefined where it was made and withdrawn unseen. */
function entryOf(
  object: string,
  { state, revision, streamed, versions = [3], record }: Publication,
  { publicUrl, time }: { publicUrl: string; time: number },
): StreamEntry | undefined {
  const before = streamed?.versions ?? [];
  const now = state === 'withdrawn' ? [] : versions;
  if (before.length === 0 && now.length === 0) return undefined;
  const from = before.length > 0 && streamed && streamed.publicUrl !== publicUrl ? { from: streamed.publicUrl } : {};
  return { object, revision, time, before, versions: now, publicUrl, ...from, ...(record ? { record: record.address } : {}) };
}

/** The newest page with room, a new one where there is none; undefined where somebody was faster. */
async function openTail({ streamPages, streamHead }: Deps['stores']): Promise<Tail | undefined> {
  let page = (await streamHead.get(HEAD))?.page ?? 1;
  for (;;) {
    const found = await streamPages.getVersioned(pageKey(page));
    if (found && found.value.entries.length < ENTRIES) return { page, version: found.version, value: found.value };
    // The pointer may lag behind a crash: the next page may be there.
    const before = found ? found.value.before + activitiesOf(found.value.entries) : 0;
    const next = found ? page + 1 : page;
    if (!(await streamPages.getVersioned(pageKey(next))) && !(await streamPages.put(pageKey(next), { before, entries: [] }, 0)))
      return undefined;
    await streamHead.update(HEAD, (current) => ((current?.page ?? 0) < next ? { page: next } : undefined));
    page = next;
  }
}

export const activitiesOf = (entries: readonly StreamEntry[]): number =>
  entries.reduce((sum, { before, versions }) => sum + new Set([...before, ...versions]).size, 0);

/** The newest page that says something; 0 where the stream is empty. */
export async function newestPage({ streamPages, streamHead }: Pick<Stores, 'streamPages' | 'streamHead'>): Promise<number> {
  const page = (await streamHead.get(HEAD))?.page ?? 0;
  const found = page === 0 ? undefined : await streamPages.get(pageKey(page));
  return found && found.entries.length === 0 ? page - 1 : page;
}
