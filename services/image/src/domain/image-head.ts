import { LEVEL_2 } from './image-info.ts';
import type { ApiVersion, Format } from './image-request.ts';

const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  jpg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  tif: 'image/tiff',
  gif: 'image/gif',
  jp2: 'image/jp2',
  pdf: 'application/pdf',
};

export const IMMUTABLE = 'public, max-age=31536000, immutable';
export const SHORT = 'public, max-age=60';

export type ImageHead = {
  readonly publicUrl: string;
  readonly api: ApiVersion;
  readonly image: string;
  /** The content version of the derivative (R4). */
  readonly version: string;
  readonly canonical: string;
  readonly format: Format;
  readonly lastModified: string;
  readonly cacheControl: string;
};

/** The headers of pixels (Image API 3.0, 4.8 and 7; RFC 9110, 8.8), the same whoever sends them. */
export function imageHead({ publicUrl, api, image, version, canonical, format, lastModified, cacheControl }: ImageHead) {
  return {
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
    'cache-control': cacheControl,
    link: `<${publicUrl}/iiif/image/${api}/${image}~${version}/${canonical}>;rel="canonical", <${LEVEL_2[api]}>;rel="profile"`,
    etag: imageTag(version, canonical),
    'last-modified': lastModified,
    'content-type': MEDIA_TYPES[format],
  } as const;
}

/** Strong: the same pixels, asked for in whatever way, have the same tag. Without commas, at which some take a list of tags apart. */
function imageTag(version: string, canonical: string): string {
  return `"${version}-${canonical.replaceAll('/', '.').replaceAll(',', '_')}"`;
}
