import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { LanguageMap } from '@vitrine/contracts/language-map.ts';
import { collectionParts, type ListMembers, PART, type Part } from './collection-parts.ts';
import { CUSTOM, type CustomCollections } from './custom/custom-collections.ts';
import { addresses } from './domain/addresses.ts';
import { buildCollection, type Listed } from './domain/build-collection.ts';
import type { PresentationVersion } from './http/negotiate-version.ts';
import type { Stores } from './stores.ts';

/** Collections named in one: more are no choice for anybody. */
const MOST_NAMED = 1000;
const ROOT: LanguageMap = { en: ['All objects'] };
const SETS: LanguageMap = { en: ['By set'] };
const CHOSEN: LanguageMap = { en: ['Chosen by people'] };

type Deps = { stores: Stores; custom: CustomCollections; access: AccessTable; publicUrl: string; now: () => Date };

/** What a collection is: its label, where it hangs, and how its members are listed. */
type Source = {
  readonly label: LanguageMap;
  readonly within: string | undefined;
  readonly address?: string | undefined;
  readonly list: ListMembers;
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

  async function sourceOf(name: string): Promise<Source | undefined> {
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
    list: ListMembers,
    part: Part | undefined,
    end: string | undefined,
    version: PresentationVersion,
  ): Promise<Listed[]> {
    const found: Listed[] = [];
    let after = part?.after;
    for (;;) {
      const { items, next } = await list(after, PART);
      const ids = items.map(({ id }) => id).filter((id) => end === undefined || id < end);
      const known = await publications.getMany(ids);
      for (const [place, id] of ids.entries()) {
        const publication = known[place];
        const isThere = publication?.state === 'published' && (version === 3 || (publication.versions ?? [2]).includes(2));
        if (isThere && (await access.allows(id)))
          found.push({ id: manifest(id), label: publication.label, thumbnail: publication.thumbnail });
      }
      if (next === undefined || ids.length < items.length) return found;
      after = next;
    }
  }

  async function named(kind: 'source' | 'set') {
    const { items } = await collections.list({ where: { field: 'kind', equals: kind }, limit: MOST_NAMED });
    return items.map(({ id, value }) => ({ name: id, label: value.label }));
  }

  /** What is in `root` beside the objects: what people chose, the sources where there are several, and the sets. */
  async function besides(name: string) {
    if (name !== 'root') return [];
    const [sources, sets, chosen] = await Promise.all([
      named('source'),
      collections.list({ where: { field: 'kind', equals: 'set' }, limit: 1 }),
      custom.any(),
    ]);
    return [
      ...(chosen ? [{ name: CUSTOM, label: CHOSEN }] : []),
      ...(sources.length > 1 ? sources : []),
      ...(sets.items.length > 0 ? [{ name: 'sets', label: SETS }] : []),
    ];
  }

  return async (asked: string, version: PresentationVersion) => {
    if (asked === CUSTOM) {
      const chosen = await custom.all();
      return chosen.length === 0
        ? undefined
        : buildCollection(publicUrl, { name: asked, label: CHOSEN, within: 'root', collections: chosen, manifests: [] });
    }
    if (asked === 'sets') {
      const sets = await named('set');
      return sets.length === 0
        ? undefined
        : buildCollection(publicUrl, { name: asked, label: SETS, within: 'root', collections: sets, manifests: [] });
    }
    const whole = await sourceOf(asked);
    if (whole) {
      const { list, ...said } = whole;
      const parts = await partsOf(asked, list);
      if (parts.length <= 1)
        return buildCollection(publicUrl, {
          name: asked,
          ...said,
          collections: await besides(asked),
          manifests: await membersOf(list, undefined, undefined, version),
        });
      const collectionsOfParts = parts.map((_, place) => ({ name: `${asked}.${place + 1}`, label: partLabel(place) }));
      return buildCollection(publicUrl, {
        name: asked,
        ...said,
        collections: [...(await besides(asked)), ...collectionsOfParts],
        manifests: [],
      });
    }
    const chosen = await custom.collection(asked, version);
    if (chosen) return chosen;
    const [, name = '', number] = /^(.+)\.([1-9]\d{0,6})$/.exec(asked) ?? [];
    const holder = await sourceOf(name);
    if (!holder) return undefined;
    const parts = await partsOf(name, holder.list);
    const part = parts[Number(number) - 1];
    if (!part || parts.length <= 1) return undefined;
    const manifests = await membersOf(holder.list, part, parts[Number(number)]?.first, version);
    return buildCollection(publicUrl, { name: asked, label: partLabel(Number(number) - 1), within: name, collections: [], manifests });
  };
}

const partLabel = (place: number): LanguageMap => ({ en: [`Objects from ${place * PART + 1}`] });
