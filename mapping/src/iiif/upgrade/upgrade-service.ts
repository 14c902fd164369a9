import { isNode, type JsonNode, nodes, text, texts } from '../../json-node.ts';
import { languageValues } from './language-values.ts';
import { idOf } from './type-of.ts';

/** Services of older APIs by what their profile or context says; with them 3.0 wants `@id` and `@type` (Presentation API 3.0, 4.2 and annex "services"). */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/image\/3/, 'ImageService3'],
  [/image\/2|image-api\/.*2\.\d/, 'ImageService2'],
  [/image\/1|image-api\/(?:compliance|1)/, 'ImageService1'],
  [/search\/[01]\/autocomplete/, 'AutoCompleteService1'],
  [/search\/[01]/, 'SearchService1'],
  [/auth\/[01]\/token/, 'AuthTokenService1'],
  [/auth\/[01]\/logout/, 'AuthLogoutService1'],
  [/auth\/[01]/, 'AuthCookieService1'],
];

/** The services of a resource as 3.0 writes them: a list, each with a type. Services without an id can't be told, and are left out. */
export function upgradeServices(value: unknown): readonly JsonNode[] {
  return nodes(value).flatMap((service) => {
    const id = idOf(service);
    if (id === undefined) return [];
    const { '@context': context, '@id': _, '@type': said, id: __, type, profile, service: nested, label, ...rest } = service;
    const [level] = texts(profile);
    const kind =
      text(type) ??
      text(said)?.replace(/^[a-z]+:/, '') ??
      KINDS.find(([pattern]) => pattern.test(`${texts(context)} ${level ?? ''}`))?.[1] ??
      'Service';
    const within = upgradeServices(nested);
    const details = {
      ...(level === undefined ? {} : { profile: level }),
      ...(label === undefined ? {} : { label: /Auth/.test(kind) ? label : (languageValues(label) ?? label) }),
      ...rest,
      ...(within.length > 0 ? { service: within } : {}),
    };
    return [/3$|^Service$|AuthProbe/.test(kind) ? { id, type: kind, ...details } : { '@id': id, '@type': kind, ...details }];
  });
}

/** Whether a node is a service of images. */
export const isImageService = (service: unknown): service is JsonNode =>
  isNode(service) && /^(iiif:)?ImageService\d$|^iiif:Image$|^ImageService$/.test(String(service['type'] ?? service['@type']));
