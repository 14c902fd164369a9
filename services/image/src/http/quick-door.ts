import type { AccessTable } from '@vitrine/access/access-table.ts';
import { isUnchanged } from '@vitrine/platform/http/conditional-reply.ts';
import { quickHead, stampDate } from '@vitrine/platform/http/quick-head.ts';
import type { QuickDoor, QuickReply, QuickRequest } from '@vitrine/platform/service.ts';
import { LRUCache } from 'lru-cache';
import { planAnswer } from '../answer-pixels.ts';
import { IMMUTABLE, imageHead, SHORT } from '../domain/image-head.ts';
import { type ApiVersion, parseImageRequest } from '../domain/image-request.ts';
import type { Limits } from '../domain/limits.ts';
import type { PixelPlan } from '../domain/plan-pixels.ts';
import type { Dimensions } from '../domain/resolve-request.ts';
import type { AddressedImage, FindImage } from '../find-image.ts';
import type { InfoDocuments } from '../info-documents.ts';
import { joinNow } from '../join-stored.ts';
import type { OpenPyramid, OpenPyramids } from '../open-pyramids.ts';
import type { ResultCache } from '../result-cache.ts';
import { wirePool } from '../wire-pool.ts';

export type QuickDoorDeps = {
  find: FindImage;
  access: AccessTable;
  pyramids: OpenPyramids;
  documents: InfoDocuments;
  publicUrl: string;
  limits: Limits;
  results: ResultCache;
  /** Bytes of answers that are kept, with what stands before them. */
  bytes: number;
};

/** Bytes of an answer, and how they come to the end of what is sent; false where storage doesn't answer at once. */
type Source = { readonly length: number; into(wire: Buffer): boolean };

/** An answer as it is sent, for the address by which it was asked for. */
type PixelReply = {
  readonly version: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
  readonly wire: Buffer;
};

const ROOT = '/iiif/image/';
const IDENTIFIER_AT = ROOT.length + 2;
const HEAD_SIZE = 1024;
/** Buffers that are kept to be used again, of 64 kilobytes each. */
const WIRES = 256;

/**
 * Stored tiles, what was made before, and `info.json` of images that are known and open to all, answered before the router is asked: tiles are read in
 * the same turn of the event loop that took the request. Whatever is not as simple as that is left to the routes, which would answer the same.
 */
export function quickDoor({ find, access, pyramids, documents, results, publicUrl, limits, bytes }: QuickDoorDeps): QuickDoor {
  const kept = new LRUCache<string, PixelReply>({ maxSize: Math.max(1, bytes), sizeCalculation: ({ wire }) => wire.length + HEAD_SIZE });
  const wires = wirePool(WIRES);

  function makeReply(found: AddressedImage, rest: string, api: ApiVersion): PixelReply | undefined {
    const { image, derivative, versioned } = found;
    const pyramid = pyramids.known(derivative.key);
    const [, region, size, rotation, file, more] = rest.split('/');
    if (!pyramid || region === undefined || size === undefined || rotation === undefined || file === undefined || more !== undefined)
      return undefined;
    const request = parseImageRequest(region, size, rotation, file, api);
    const { plan, canonical, resolved } = planAnswer(request, derivative, pyramid, limits, api);
    const source = sourceOf(pyramid, plan, resolved.size, canonical);
    if (!source) return undefined;
    const { modified, lastModified } = pyramid;
    const cacheControl = access.cacheControl(versioned ? IMMUTABLE : SHORT);
    const { version } = derivative;
    const headers = imageHead({ publicUrl, api, image, version, canonical, format: request.format, lastModified, cacheControl });
    const head = quickHead(200, headers, source.length);
    const wire = bytes > 0 ? Buffer.allocUnsafe(head.length + source.length) : wires.take(head.length + source.length);
    if (!source.into(wire)) return undefined;
    wire.write(head, 0, 'latin1');
    return { version, modified, headers, wire };
  }

  function sourceOf(pyramid: OpenPyramid, plan: PixelPlan, size: Dimensions, canonical: string): Source | undefined {
    if (plan.kind === 'stored') {
      const { level, tile } = plan;
      if (!pyramid.passes(level, tile, size)) return undefined;
      return { length: pyramid.tileLength(level, tile, size), into: (wire) => pyramid.tileInto(level, tile, size, wire) };
    }
    const made = plan.kind === 'joined' ? joinNow(pyramid, { ...plan, size }) : results.known({ derivative: pyramid.key, canonical });
    return made && { length: made.length, into: (wire) => made.copy(wire, wire.length - made.length) > 0 };
  }

  function pixelReply(found: AddressedImage, path: string, rest: string, api: ApiVersion, request: QuickRequest): QuickReply | undefined {
    const before = kept.get(path);
    const known = before?.version === found.derivative.version ? before : undefined;
    const answer = known ?? makeReply(found, rest, api);
    if (!answer) return undefined;
    const { wire, headers, modified } = answer;
    if (known) stampDate(wire, 200);
    else if (bytes > 0) kept.set(path, answer);
    const sent = bytes > 0 ? {} : { sent: () => wires.give(wire) };
    const route = PIXEL_ROUTES[api];
    if (!isUnchanged(request.field('if-none-match'), request.field('if-modified-since'), headers.etag, modified))
      return { route, status: 200, wire, ...sent };
    return { route, status: 304, wire: Buffer.from(quickHead(304, headers), 'latin1'), ...sent };
  }

  return (path, request) => {
    if (!path.startsWith(ROOT) || path.charCodeAt(IDENTIFIER_AT - 1) !== SLASH) return undefined;
    const api = path[ROOT.length] === '3' ? 3 : path[ROOT.length] === '2' ? 2 : undefined;
    const end = path.indexOf('/', IDENTIFIER_AT);
    const found = api && end > 0 ? find.findNow(path.slice(IDENTIFIER_AT, end)) : undefined;
    if (!found || !api) return undefined;
    const rest = path.slice(end);
    if (rest === '/info.json') {
      const { etag, wire, unchanged } = documents.of(api, path.slice(IDENTIFIER_AT, end), found.derivative, request.field('accept'));
      const same = isUnchanged(request.field('if-none-match'), undefined, etag);
      const [status, bytesOf] = same ? ([304, unchanged] as const) : ([200, wire] as const);
      stampDate(bytesOf, status);
      return { route: INFO_ROUTES[api], status, wire: bytesOf };
    }
    try {
      return pixelReply(found, path, rest, api, request);
    } catch {
      // The route says what is wrong.
      return undefined;
    }
  };
}

const SLASH = 47;
const INFO_ROUTES = { 2: '/iiif/image/2/:image/info.json', 3: '/iiif/image/3/:image/info.json' } as const;
const PIXEL_ROUTES = {
  2: '/iiif/image/2/:image/:region/:size/:rotation/:file',
  3: '/iiif/image/3/:image/:region/:size/:rotation/:file',
} as const;
