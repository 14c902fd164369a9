import { isNode, type JsonNode, nodes, text } from '@vitrine/mapping/json-node.ts';
import { languageValuesOf } from './language-values.ts';

const OURS = '/iiif/image/3/';

/**
 * Images and their services in the words of 2.1.
 *
 * @param publicUrl below it an image of ours is served by both versions of the Image API: 2.1 is pointed to 2.1
 */
export function downgradeImage(publicUrl: string) {
  const ours = `${publicUrl}${OURS}`;
  const oldAddress = (address: string): string =>
    address.startsWith(ours) ? `${publicUrl}/iiif/image/2/${address.slice(ours.length)}` : address;

  function service(value: unknown): JsonNode | undefined {
    const [found] = nodes(value).filter((one) => /Image/.test(String(one['type'] ?? one['@type'])));
    const id = found && (text(found['id']) ?? text(found['@id']));
    if (!found || id === undefined) return undefined;
    const type = String(found['type'] ?? found['@type']);
    const isOurs = id.startsWith(ours);
    const [version] = isOurs ? ['2'] : (/\d/.exec(type) ?? ['2']);
    const profile = text(found['profile']) ?? 'level1';
    return {
      '@context':
        version === '1'
          ? 'http://library.stanford.edu/iiif/image-api/1.1/context.json'
          : `http://iiif.io/api/image/${version}/context.json`,
      '@id': oldAddress(id),
      profile: isOurs
        ? 'http://iiif.io/api/image/2/level2.json'
        : /^https?:/.test(profile) || version === '3'
          ? profile
          : `http://iiif.io/api/image/2/${profile}.json`,
    };
  }

  function image(body: JsonNode): JsonNode {
    const { id, format, width, height, label } = body;
    const name = languageValuesOf(label);
    const found = service(body['service']);
    return {
      '@id': oldAddress(String(id)),
      '@type': 'dctypes:Image',
      ...(format === undefined ? {} : { format }),
      ...(width === undefined || height === undefined ? {} : { width, height }),
      ...(name === undefined ? {} : { label: name }),
      ...(found ? { service: found } : {}),
    };
  }

  /** What an annotation paints: an image, a choice of images, or a region of one; undefined for anything else. */
  function body(value: unknown): JsonNode | undefined {
    const list = nodes(value);
    const [only] = list;
    if (list.length !== 1 || !only) return undefined;
    if (only['type'] === 'Image') return image(only);
    if (only['type'] === 'Choice') {
      const items = nodes(only['items']).map((item) => body(item));
      const [first, ...others] = items;
      if (!first || others.some((item) => item === undefined)) return undefined;
      return others.length === 0 ? first : { '@type': 'oa:Choice', default: first, item: others };
    }
    const { id, selector, source } = only;
    const full = isNode(source) ? body(source) : undefined;
    if (only['type'] !== 'SpecificResource' || !full || only['styleClass'] !== undefined || Array.isArray(selector)) return undefined;
    const { type, ...rest } = isNode(selector) ? selector : {};
    const said =
      type === 'ImageApiSelector'
        ? { '@type': 'iiif:ImageApiSelector', ...rest }
        : type === 'FragmentSelector'
          ? { '@type': 'oa:FragmentSelector', ...rest }
          : undefined;
    return said ? { ...(id === undefined ? {} : { '@id': id }), '@type': 'oa:SpecificResource', full, selector: said } : undefined;
  }

  const thumbnail = (value: unknown): JsonNode | undefined => {
    const [first] = nodes(value).filter(({ type }) => type === 'Image');
    if (!first) return undefined;
    const { '@type': _, ...rest } = image(first);
    return rest;
  };

  return { body, thumbnail, service };
}
