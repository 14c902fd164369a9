import { type ChosenItem, CustomCollection } from '@vitrine/contracts/custom-collection.ts';
import { cleanHtml } from '@vitrine/mapping/clean-html.ts';
import { plainText } from '@vitrine/mapping/plain-text.ts';
import { sha256 } from '@vitrine/platform/blobs/content-key.ts';
import { demandMatch, notModified } from '@vitrine/platform/http/conditional-reply.ts';
import { pathParameter } from '@vitrine/platform/http/parameter.ts';
import { parseBody } from '@vitrine/platform/http/parse-body.ts';
import { Problem } from '@vitrine/platform/problem.ts';
import type { ServiceRoute } from '@vitrine/platform/service.ts';
import { CUSTOM, type CustomCollections, withoutAddress } from '../custom/custom-collections.ts';
import { addresses } from '../domain/addresses.ts';
import { buildCollection } from '../domain/build-collection.ts';
import { chosenFault } from '../domain/custom/chosen-canvases.ts';
import { contentState } from '../domain/custom/content-state.ts';
import { customManifest } from '../domain/custom/custom-manifest.ts';
import { presentationFaults } from '../domain/gate/presentation-faults.ts';
import type { Stores } from '../stores.ts';

const SLUG = /^[a-z0-9][a-z0-9-]{0,79}$/;
/** Names of collections that are made of records. */
const TAKEN = new RegExp(`^(?:root|sets|${CUSTOM})$|^(?:source|set)-`);
/** Faults named in an answer. */
const NAMED = 10;

type Deps = { stores: Pick<Stores, 'custom'>; collections: CustomCollections; publicUrl: string };

/** Collections that people make: their definitions, written by whoever has read the last (RFC 9110, 13.1.1). */
export function customCollectionRoutes({ stores: { custom }, collections, publicUrl }: Deps): readonly ServiceRoute[] {
  const at = addresses(publicUrl);

  const opens = ({ object, canvas, region }: ChosenItem) => contentState({ manifest: at.manifest(object), canvas, region });

  const publishedAt = (slug: string, { publishedAs }: CustomCollection) => ({
    collection: at.collection(slug),
    ...(publishedAs === 'manifest'
      ? { manifest: at.customManifest(slug), contentState: contentState({ manifest: at.customManifest(slug) }) }
      : {}),
  });

  const view = (slug: string, collection: CustomCollection) => ({
    slug,
    collection,
    published: publishedAt(slug, collection),
    contentStates: collection.items.map(opens),
  });

  /** @throws Problem `collection-invalid` */
  async function demandShowable(slug: string, collection: CustomCollection): Promise<void> {
    const { items, publishedAs } = collection;
    const manifests = await collections.manifestsOf([...new Set(items.map(({ object }) => object))]);
    const faults = items.flatMap((item, place) => {
      const fault =
        publishedAs === 'collection' && item.canvas !== undefined
          ? 'a collection holds manifests; canvases and regions are published as a manifest'
          : chosenFault(item, manifests.get(item.object));
      return fault === undefined ? [] : [`/items/${place}: ${fault}`];
    });
    const [first] = faults.length > 0 ? faults : gateFaults(slug, collection, manifests);
    if (first === undefined) return;
    const more = faults.length > NAMED ? `; and ${faults.length - NAMED} more` : '';
    throw new Problem('collection-invalid', { detail: `${faults.length > 0 ? faults.slice(0, NAMED).join('; ') : first}${more}` });
  }

  function gateFaults(slug: string, collection: CustomCollection, manifests: Parameters<typeof customManifest>[3]): readonly string[] {
    const { label, summary, items, publishedAs } = collection;
    if (Object.keys(label).length === 0) return ['/label: says nothing'];
    const listed = items.map((item) => ({ id: at.manifest(item.object), label: item.label ?? label }));
    const published =
      publishedAs === 'manifest'
        ? customManifest(publicUrl, slug, collection, manifests)
        : buildCollection(publicUrl, { name: slug, label, summary, within: CUSTOM, collections: [], manifests: listed });
    return presentationFaults(published).map(({ pointer, sentence }) => `${pointer}: ${sentence}`);
  }

  return [
    {
      method: 'GET',
      path: '/api/v1/collections',
      handle: async (_request, reply) => {
        reply.header('cache-control', 'private, no-store');
        const all = await collections.all();
        return {
          collections: all.map(({ name, collection }) => ({
            slug: name,
            label: collection.label,
            publishedAs: collection.publishedAs,
            items: collection.items.length,
            published: publishedAt(name, collection),
          })),
        };
      },
    },
    {
      method: 'GET',
      path: '/api/v1/collections/:slug',
      handle: async (request, reply) => {
        const slug = pathParameter(request, 'slug');
        const collection = await collections.definition(slug);
        if (!collection) throw new Problem('collection-not-found', { detail: slug });
        reply.header('cache-control', 'private, no-cache');
        return notModified(request, reply, tagOf(collection)) ? reply : view(slug, collection);
      },
    },
    {
      method: 'PUT',
      path: '/api/v1/collections/:slug',
      handle: async (request, reply) => {
        const slug = pathParameter(request, 'slug');
        if (!SLUG.test(slug) || TAKEN.test(slug))
          throw new Problem('request-invalid', {
            detail: `${slug.slice(0, 100)} can't name a collection: lower-case letters, digits and hyphens, and none of root, sets, custom, source-…, set-…`,
          });
        const collection = tidy(parseBody(CustomCollection, request.body));
        const before = await custom.getVersioned(slug);
        demandMatch(request, before && tagOf((await collections.definition(slug)) ?? collection));
        await demandShowable(slug, collection);
        if (!(await custom.put(slug, { collection: withoutAddress(collection, publicUrl) }, before?.version ?? 0)))
          throw new Problem('precondition-failed', { detail: slug });
        reply.code(before ? 200 : 201).header('etag', tagOf(collection));
        return view(slug, collection);
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/collections/:slug',
      handle: async (request, reply) => {
        const slug = pathParameter(request, 'slug');
        const before = await custom.getVersioned(slug);
        const collection = await collections.definition(slug);
        if (!before || !collection) throw new Problem('collection-not-found', { detail: slug });
        demandMatch(request, tagOf(collection));
        if (!(await custom.removeExactly(slug, before.version))) throw new Problem('precondition-failed', { detail: slug });
        return reply.code(204).send();
      },
    },
  ];
}

/** Of what a person said, whatever has become of the objects since. */
const tagOf = (collection: CustomCollection): string => `"${sha256(Buffer.from(JSON.stringify(collection))).slice(0, 32)}"`;

/** Without what says nothing. */
const cleaned = (map: CustomCollection['label'], clean: (text: string) => string) =>
  Object.fromEntries(
    Object.entries(map).flatMap(([language, values]) => {
      const said = values.map(clean).filter((value) => value !== '');
      return said.length > 0 ? [[language, said] as const] : [];
    }),
  );

const saysSomething = (map: CustomCollection['label'] | undefined): map is CustomCollection['label'] =>
  map !== undefined && Object.keys(map).length > 0;

/** Presentation API 3.0, 4.5: HTML is in summaries only, and little of it. */
function tidy({ label, summary, publishedAs, items }: CustomCollection): CustomCollection {
  const description = summary && cleaned(summary, cleanHtml);
  return {
    label: cleaned(label, plainText),
    ...(saysSomething(description) ? { summary: description } : {}),
    publishedAs,
    items: items.map(({ object, canvas, region, label: given }) => {
      const name = given && cleaned(given, plainText);
      return {
        object,
        ...(canvas === undefined ? {} : { canvas }),
        ...(region ? { region: { x: region.x, y: region.y, width: region.width, height: region.height } } : {}),
        ...(saysSomething(name) ? { label: name } : {}),
      };
    }),
  };
}
