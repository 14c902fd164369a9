import type { MappedImage } from '@vitrine/contracts/museum-object.ts';

/**
 * An image that a record names by an address: the image service, where it is one's `info.json` or a request to one; else the file. A name alone is beside `base`.
 * Undefined for what is no address.
 */
export function imageAt(name: string, base: string | undefined): MappedImage | undefined {
  if (!URL.canParse(name, base)) return undefined;
  const { href, protocol } = new URL(name, base);
  // A record on the web names no file of ours.
  const isAllowed = /^(https?|s3):$/.test(protocol) || (protocol === 'file:' && base?.startsWith('file:'));
  if (!isAllowed) return undefined;
  const service = imageServiceAt(href);
  return {
    sourceId: service?.id ?? href,
    ...(service ? { service } : { master: { address: href } }),
    text: [],
    annotations: [],
  };
}

/** The same, with its version as its path says it. */
export function imageServiceAt(address: string): MappedImage['service'] {
  const id = serviceOf(address);
  return id === undefined ? undefined : { id, type: /\/(iiif|image)\/3\//.test(id) ? 'ImageService3' : 'ImageService2' };
}

/** The image service whose `info.json` or whose pixels an address asks for (Image API 3.0, 2.1). */
export function serviceOf(address: string): string | undefined {
  const [, service] =
    /^(https?:\/\/[^?#]+)\/(?:info\.json|(?:full|square|pct:[\d.,]+|\d+,\d+,\d+,\d+)\/(?:full|max|\^?max|\^?!?\d*,\d*|\^?pct:[\d.]+)\/!?[\d.]+\/(?:default|native|color|gray|bitonal)\.[a-z0-9]+)$/.exec(
      address,
    ) ?? [];
  return service;
}
