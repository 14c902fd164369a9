import type { AccessTable } from '@vitrine/access/access-table.ts';
import type { CustomCollection } from '@vitrine/contracts/custom-collection.ts';
import { isNode, type JsonNode, nodes } from '@vitrine/mapping/json-node.ts';
import { eachBounded } from '@vitrine/platform/each-bounded.ts';
import { asProblem } from '@vitrine/platform/problem.ts';
import { LRUCache } from 'lru-cache';
import { addresses } from '../domain/addresses.ts';
import { buildCollection, type Listed } from '../domain/build-collection.ts';
import { customManifest } from '../domain/custom/custom-manifest.ts';
import { downgradeManifest } from '../domain/presentation-2/downgrade-presentation.ts';
import type { PresentationVersion } from '../http/negotiate-version.ts';
import type { ReadManifest } from '../read-manifest.ts';
import type { Stores } from '../stores.ts';

const READ_AT_ONCE = 8;
/** Manifests made of chosen canvases that are remembered. */
const REMEMBERED = 50;

/** The collection that all those are in. */
export const CUSTOM = 'custom';

type Deps = { stores: Pick<Stores, 'custom' | 'publications'>; access: AccessTable; readManifest: ReadManifest; publicUrl: string };

export type CustomCollections = ReturnType<typeof customCollections>;

/** Collections that people made, as they are published: of what is there now, and only what the public may see. */
export function customCollections({ stores: { custom, publications }, access, readManifest, publicUrl }: Deps) {
  const at = addresses(publicUrl);
  const remembered = new LRUCache<string, JsonNode>({ max: REMEMBERED });

  async function definition(slug: string): Promise<CustomCollection | undefined> {
    const found = await custom.get(slug);
    return found && withAddress(found.collection, publicUrl);
  }

  /** What is published of the chosen objects. */
  async function shown({ items }: CustomCollection) {
    const ids = [...new Set(items.map(({ object }) => object))];
    const known = await publications.getMany(ids);
    const allowed = await Promise.all(ids.map((id) => access.allows(id)));
    return ids.flatMap((id, place) => {
      const publication = known[place];
      return publication?.state === 'published' && allowed[place] ? [{ id, publication }] : [];
    });
  }

  /**
   * The published manifests of objects, read; of what is not published, or no longer, there is none.
   *
   * @throws Problem where one can't be read: what is left of a choice then is not the choice
   */
  async function manifestsOf(ids: readonly string[]): Promise<Map<string, JsonNode>> {
    const read = new Map<string, JsonNode>();
    await eachBounded(ids, READ_AT_ONCE, async (id) => {
      const published = await readManifest(id).catch((thrown: unknown) => {
        const { code } = asProblem(thrown);
        if (code === 'object-not-found' || code === 'object-withdrawn') return undefined;
        throw thrown;
      });
      const bytes = await published?.bytes();
      const document: unknown = bytes && JSON.parse(String(bytes));
      if (isNode(document)) read.set(id, document);
    });
    return read;
  }

  async function manifest(slug: string): Promise<JsonNode | undefined> {
    const collection = await definition(slug);
    if (collection?.publishedAs !== 'manifest') return undefined;
    const objects = await shown(collection);
    const key = JSON.stringify([slug, collection, objects.map(({ id, publication }) => [id, publication.sha256])]);
    const known = remembered.get(key);
    if (known) return known;
    const manifests = await manifestsOf(objects.map(({ id }) => id));
    const made = customManifest(publicUrl, slug, collection, manifests);
    // One that was withdrawn since it was listed leaves another choice than the key says.
    if (made && manifests.size === objects.length) remembered.set(key, made);
    return made;
  }

  async function manifestIn(slug: string, version: PresentationVersion): Promise<JsonNode | undefined> {
    const made = await manifest(slug);
    return made && (version === 3 ? made : downgradeManifest(made, publicUrl).document);
  }

  async function listed(slug: string, collection: CustomCollection, version: PresentationVersion): Promise<Listed[]> {
    if (collection.publishedAs === 'manifest') {
      const made = await manifestIn(slug, version);
      return made ? [{ id: at.customManifest(slug), label: collection.label }] : [];
    }
    const objects = new Map((await shown(collection)).map(({ id, publication }) => [id, publication]));
    return collection.items.flatMap(({ object, label }) => {
      const publication = objects.get(object);
      objects.delete(object);
      return publication && (version === 3 || (publication.versions ?? [2]).includes(2))
        ? [{ id: at.manifest(object), label: label ?? publication.label, thumbnail: publication.thumbnail }]
        : [];
    });
  }

  return {
    definition,
    manifestsOf,

    /** Chosen canvases as a manifest; undefined where there is none, or nothing in it. */
    manifest: manifestIn,

    canvas: async (slug: string, name: string): Promise<JsonNode | undefined> => {
      const id = `${at.customCanvases(slug)}/${name}`;
      return nodes((await manifest(slug))?.['items']).find((canvas) => canvas['id'] === id);
    },

    collection: async (slug: string, version: PresentationVersion) => {
      const collection = await definition(slug);
      if (!collection) return undefined;
      const { label, summary } = collection;
      const manifests = await listed(slug, collection, version);
      return buildCollection(publicUrl, { name: slug, label, summary, within: CUSTOM, collections: [], manifests });
    },

    list: (after: string | undefined, limit: number) => custom.list({ limit, ...(after === undefined ? {} : { after }) }),

    named: async (slugs: readonly string[]) => {
      const known = await custom.getMany(slugs);
      return slugs.flatMap((name, place) => (known[place] ? [{ name, label: known[place].collection.label }] : []));
    },

    /** All of them by name. */
    all: async () => {
      const all: { name: string; collection: CustomCollection }[] = [];
      for await (const { id, value } of custom.all()) all.push({ name: id, collection: withAddress(value.collection, publicUrl) });
      return all;
    },
  };
}

/** As it is kept: whatever the public address is. */
export function withoutAddress(collection: CustomCollection, publicUrl: string): CustomCollection {
  return mapCanvases(collection, (canvas) => (canvas.startsWith(`${publicUrl}/`) ? canvas.slice(publicUrl.length) : canvas));
}

const withAddress = (collection: CustomCollection, publicUrl: string): CustomCollection =>
  mapCanvases(collection, (canvas) => (canvas.startsWith('/') ? `${publicUrl}${canvas}` : canvas));

function mapCanvases(collection: CustomCollection, change: (canvas: string) => string): CustomCollection {
  return {
    ...collection,
    items: collection.items.map((item) => (item.canvas === undefined ? item : { ...item, canvas: change(item.canvas) })),
  };
}
