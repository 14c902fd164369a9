import { inNoEncoding, withoutHost } from '@vitrine/platform/moved/plain-address.ts';
import type { ApiVersion } from './image-request.ts';

/** Addresses that are ours whatever a file says. */
const OURS = /^\/(livez|readyz|metrics|api\/v1|iiif\/(image|presentation|search)|assets|objects)(\/|$)/;

/** A request at an address that was an image server's before: the image's base there, and what was asked of it. */
export type OldRequest = { readonly base: string; readonly rest: OldRest };
export type OldRest =
  | { readonly kind: 'base' }
  | { readonly kind: 'info' }
  | { readonly kind: 'pixels'; readonly parts: readonly string[] };

const INFO = '/info.json';
/** Qualities of Image API 1.0 to 3.0; 1.0 had them without a format. */
const QUALITY = /^(default|native|color|colour|gray|grey|bitonal)(\.[a-z0-9]{2,4})?$/;
const NAMES: Readonly<Record<string, string>> = { native: 'default', grey: 'gray', colour: 'color' };
const PIXEL_PARTS = 4;

/**
 * The base address of an image as it is compared: its path, and what iipsrv has behind `?IIIF=`; without host, since that has moved too, and in no
 * encoding, since every server and proxy encodes slashes in identifiers its own way.
 *
 * @param address absolute, or from its path on
 */
export function oldBase(address: string): string {
  const [path = '', ...query] = withoutHost(address).split('?');
  const iiif = /(?:^|&)iiif=([^&]*)/i.exec(query.join('?'))?.[1];
  return inNoEncoding(iiif === undefined ? path : `${path}?IIIF=${iiif}`).replace(/\/+$/, '');
}

export const isOurs = (base: string): boolean => OURS.test(base);

/** What a request asks for, if it is one of an image server's. */
export function oldRequest(target: string): OldRequest {
  const whole = oldBase(target);
  if (whole.endsWith(INFO)) return { base: whole.slice(0, -INFO.length), rest: { kind: 'info' } };
  const segments = whole.split('/');
  const [quality = '', format = '.jpg'] = QUALITY.exec(segments.at(-1) ?? '')?.slice(1) ?? [];
  if (quality === '' || segments.length <= PIXEL_PARTS) return { base: whole, rest: { kind: 'base' } };
  const parts = [...segments.slice(-PIXEL_PARTS, -1), `${NAMES[quality] ?? quality}${format}`];
  return { base: segments.slice(0, -PIXEL_PARTS).join('/'), rest: { kind: 'pixels', parts } };
}

/** The version of the Image API that an old base address was of, as its path says; most say nothing and are of version 2 or before. */
export function oldApi(base: string): ApiVersion {
  return /^[^?]*\/(iiif\/3|image\/3|iiif3|v3)\//i.test(base) ? 3 : 2;
}

/** The same at our address, below the public URL. */
export function ourAddress(image: string, api: ApiVersion, rest: OldRest): string {
  const base = `/iiif/image/${api}/${image}`;
  if (rest.kind === 'base') return base;
  return rest.kind === 'info' ? `${base}${INFO}` : `${base}/${rest.parts.map(encodeURIComponent).join('/').replaceAll('%2C', ',')}`;
}
