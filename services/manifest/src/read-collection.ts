import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { collectionParts, type ListMembers, PART, type Part } from './collection-parts.ts';
import { CUSTOM, type CustomCollections } from './custom/custom-collections.ts';
import { addresses } from './domain/addresses.ts';
import { buildCollection, type Listed } from './domain/build-collection.ts';
import type { PresentationVersion } from './http/negotiate-version.ts';
import type { Stores } from './stores.ts';

/** Sources named in `root`. */
const MOST_SOURCES = 1000;
const ROOT: LanguageMap = { en: ['All objects'] };
const SETS: LanguageMap = { en: ['By set'] };
const CHOSEN: LanguageMap = { en: ['Chosen by people'] };

type Deps = { stores: Stores; custom: CustomCollections; access: AccessTable; publicUrl: string; now: () => Date };

type Named = { readonly name: string; readonly label: LanguageMap };

/** What a collection is: its label, where it hangs, and how its members are listed: manifests, or collections that have names. */
type Source = {
  readonly label: LanguageMap;
  readonly within: string | undefined;
  readonly address?: string | undefined;
  readonly list: ListMembers;
  readonly nameCollections?: (ids: readonly string[]) => Promise<readonly Named[]>;
};

/** A collection, and its place among pages where it is long: by name, the first and the last of them, or what comes before and after one. */
export type FoundCollection = {
  readonly collection: ReturnType<typeof buildCollection>;
  readonly pages?: { readonly first?: string; readonly last?: string; readonly prev?: string; readonly next?: string };
};

/** `root`, the collections of sources and sets, and their parts: `root.2`, `set-….2`; no name of a source has a point, and none of a set ends so. Only what the public may see, each manifest after its own decision. */
export function readCollection({ stores, custom, access, publicUrl, now }: Deps) {
  const { manifest } = addresses(publicUrl);
  const { publications, collections, members } = stores;
  const partsOf = collectionParts(now);

  const published =
    (where: { readonly field: string; readonly equals: string }): ListMembers =>
    (after, limit) =>
      publications.list({ where, limit, ...(after === undefined ? {} : { after }) });

  const sets: Source = {
    label: SETS,
    within: 'root',
    list: (after, limit) => collections.list({ where: { field: 'kind', equals: 'set' }, limit, ...(after === undefined ? {} : { after }) }),
    nameCollections: async (ids) => {
      const known = await collections.getMany(ids);
      return ids.flatMap((name, place) => (known[place] ? [{ name, label: known[place].label }] : []));
    },
  };
  const chosen: Source = { label: CHOSEN, within: 'root', list: custom.list, nameCollections: custom.named };

  async function sourceOf(name: string): Promise<Source | undefined> {
    if (name === 'sets' || name === CUSTOM) {
      const source = name === 'sets' ? sets : chosen;
      return (await source.list(undefined, 1)).items.length === 0 ? undefined : source;
    }
    if (name === 'root') return { label: ROOT, within: undefined, list: published({ field: 'state', equals: 'published' }) };
    const known = await collections.get(name);
    if (!known) return undefined;
    const { kind, label, address } = known;
    if (kind === 'source') return { label, within: 'root', list: published({ field: 'shownOf', equals: name.slice('source-'.length) }) };
    const prefix = `${name}:`;
    return {
      label,
      within: 'sets',
      address,
      list: async (after, limit) => {
        const { items, next } = await members.list({ prefix, limit, ...(after === undefined ? {} : { after }) });
        return { items: items.map(({ value }) => ({ id: value.object })), ...(next === undefined ? {} : { next }) };
      },
    };
  }

  /** The members from the beginning of a part to that of the next. */
  async function membersOf(
    { list, nameCollections }: Source,
    part: Part | undefined,
    end: string | undefined,
    version: PresentationVersion,
  ): Promise<{ collections: Named[]; manifests: Listed[] }> {
    const found = { collections: [] as Named[], manifests: [] as Listed[] };
    let after = part?.after;
    for (;;) {
      const { items, next } = await list(after, PART);
      const ids = items.map(({ id }) => id).filter((id) => end === undefined || id < end);
      if (nameCollections) found.collections.push(...(await nameCollections(ids)));
      const known = nameCollections ? [] : await publications.getMany(ids);
      for (const [place, id] of ids.entries()) {
        const publication = known[place];
        const isThere = publication?.state === 'published' && (version === 3 || (publication.versions ?? [2]).includes(2));
        if (isThere && (await access.allows(id)))
          found.manifests.push({ id: manifest(id), label: publication.label, thumbnail: publication.thumbnail });
      }
      if (next === undefined || ids.length < items.length) return found;
      after = next;
    }
  }

  async function namedSources() {
    const { items } = await collections.list({ where: { field: 'kind', equals: 'source' }, limit: MOST_SOURCES });
    return items.map(({ id, value }) => ({ name: id, label: value.label }));
  }

  /** What is in `root` beside the objects: what people chose, the sources where there are several, and the sets. */
  async function besides(name: string) {
    if (name !== 'root') return [];
    const [sources, byPeople, bySets] = await Promise.all([namedSources(), sourceOf(CUSTOM), sourceOf('sets')]);
    return [
      ...(byPeople ? [{ name: CUSTOM, label: CHOSEN }] : []),
      ...(sources.length > 1 ? sources : []),
      ...(bySets ? [{ name: 'sets', label: SETS }] : []),
    ];
  }

  return async (asked: string, version: PresentationVersion): Promise<FoundCollection | undefined> => {
    const built = (input: Parameters<typeof buildCollection>[1]) => ({ collection: buildCollection(publicUrl, input) });
    const whole = await sourceOf(asked);
    if (whole) {
      const { label, within, address } = whole;
      const said = { name: asked, label, within, address, searchable: asked === 'root' || /^(source|set)-/.test(asked) };
      const parts = await partsOf(asked, whole.list);
      if (parts.length <= 1) {
        const inIt = await membersOf(whole, undefined, undefined, version);
        return built({ ...said, collections: [...(await besides(asked)), ...inIt.collections], manifests: inIt.manifests });
      }
      const collectionsOfParts = parts.map((_, place) => ({ name: `${asked}.${place + 1}`, label: partLabel(place, whole) }));
      return {
        ...built({ ...said, collections: [...(await besides(asked)), ...collectionsOfParts], manifests: [] }),
        pages: { first: `${asked}.1`, last: `${asked}.${parts.length}` },
      };
    }
    const made = await custom.collection(asked, version);
    if (made) return { collection: made };
    const [, name = '', number] = /^(.+)\.([1-9]\d{0,6})$/.exec(asked) ?? [];
    const holder = await sourceOf(name);
    if (!holder) return undefined;
    const parts = await partsOf(name, holder.list);
    const part = parts[Number(number) - 1];
    if (!part || parts.length <= 1) return undefined;
    const place = Number(number);
    const inIt = await membersOf(holder, part, parts[place]?.first, version);
    return {
      ...built({ name: asked, label: partLabel(place - 1, holder), within: name, ...inIt }),
      pages: { ...(place > 1 ? { prev: `${name}.${place - 1}` } : {}), ...(place < parts.length ? { next: `${name}.${place + 1}` } : {}) },
    };
  };
}

const partLabel = (place: number, { nameCollections }: Source): LanguageMap => ({
  en: [`${nameCollections ? 'Collections' : 'Objects'} from ${place * PART + 1}`],
});
