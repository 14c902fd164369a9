import { type JsonNode, nodes } from '@vitrine/mapping/json-node.ts';
import { addresses } from '../addresses.ts';
import { oldAddress, PRESENTATION_2 } from './downgrade-presentation.ts';
import { languageValuesOf } from './language-values.ts';

type Found = { readonly collection: JsonNode; readonly pages?: Readonly<Record<string, string>> };

/**
 * A collection of ours as 2.1 (5.8): its members in their order. A long one is paged (7) by the same collections that are its members, which viewers
 * that know nothing of pages open too.
 */
export function downgradeCollection({ collection, pages = {} }: Found, publicUrl: string): JsonNode {
  const { collection: address } = addresses(publicUrl);
  const within = nodes(collection['partOf']).map(({ id }) => oldAddress(String(id), publicUrl));
  const members = nodes(collection['items']);
  const list = (kind: string) =>
    members
      .filter(({ type }) => type === kind)
      .map(({ id, label, thumbnail }) => {
        const [image] = nodes(thumbnail);
        return {
          '@id': oldAddress(String(id), publicUrl),
          '@type': `sc:${kind}`,
          label: languageValuesOf(label) ?? '',
          ...(image ? { thumbnail: image['id'] } : {}),
        };
      });
  const description = languageValuesOf(collection['summary']);
  const [collections, manifests] = [list('Collection'), list('Manifest')];
  return {
    '@context': PRESENTATION_2,
    '@id': oldAddress(String(collection['id']), publicUrl),
    '@type': 'sc:Collection',
    label: languageValuesOf(collection['label']) ?? '',
    ...(description === undefined ? {} : { description }),
    ...Object.fromEntries(Object.entries(pages).map(([relation, name]) => [relation, oldAddress(address(name), publicUrl)])),
    ...(within.length > 0 ? { within: within.length === 1 ? within[0] : within } : {}),
    ...(collections.length > 0 ? { collections } : {}),
    ...(manifests.length > 0 || collections.length === 0 ? { manifests } : {}),
  };
}
