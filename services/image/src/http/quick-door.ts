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
import type { FindImage } from '../find-image.ts';
import type { InfoDocuments } from '../info-documents.ts';
import { joinNow } from '../join-stored.ts';
import type { OpenPyramid } from '../open-pyramid.ts';
import type { OpenPyramids } from '../open-pyramids.ts';
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

/** How the bytes of an answer come to the end of what is sent; false where storage doesn't answer at once. */
type Source = { readonly length: number; into(pyramid: OpenPyramid, wire: Buffer): boolean };

/** What an address means, as long as its image has the version: worked out once. */
type Known = {
  readonly identifier: string;
  readonly version: string;
  readonly modified: Date;
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
  readonly route: string;
  readonly source: Source;
  /** What stands before the bytes; its date is to be stamped. */
  readonly head: Buffer;
  /** The answer as it is sent, where it is kept. */
  readonly wire: Buffer | undefined;
};

const ROOT = '/iiif/image/';
const IDENTIFIER_AT = ROOT.length + 2;
/** What an address takes without its answer, by estimate; and all that are known together. */
const KNOWN_SIZE = 2048;
const KNOWN = 8 * 1024 * 1024;
/** Buffers that are kept to be used again, of 64 kilobytes each. */
const WIRES = 256;

/**
 * Stored tiles, what was made before, and `info.json` of images that are known and open to all, answered before the router is asked: tiles are read in
 * the same turn of the event loop that took the request. Whatever is not as simple as that is left to the routes, which would answer the same.
 */
export function quickDoor({ find, access, pyramids, documents, results, publicUrl, limits, bytes }: QuickDoorDeps): QuickDoor {
  const known = new LRUCache<string, Known>({
    maxSize: bytes + KNOWN,
    sizeCalculation: ({ wire }) => (wire?.length ?? 0) + KNOWN_SIZE,
  });
  const wires = wirePool(WIRES);

  function workOut(path: string): Known | undefined {
    const [, , , version, identifier, region, size, rotation, file, more] = path.split('/');
    const api: ApiVersion = version === '3' ? 3 : 2;
    if (
      identifier === undefined ||
      region === undefined ||
      size === undefined ||
      rotation === undefined ||
      file === undefined ||
      more !== undefined
    )
      return undefined;
    const found = find.findNow(identifier);
    const pyramid = found && pyramids.known(found.derivative.key);
    if (!pyramid) return undefined;
    const { image, derivative, versioned } = found;
    const request = parseImageRequest(region, size, rotation, file, api);
    const { plan, canonical, resolved } = planAnswer(request, derivative, pyramid, limits, api);
    const source = sourceOf(pyramid, plan, resolved.size, canonical);
    if (!source) return undefined;
    const { modified, lastModified } = pyramid;
    const cacheControl = access.cacheControl(versioned ? IMMUTABLE : SHORT);
    const headers = imageHead({
      publicUrl,
      api,
      image,
      version: derivative.version,
      canonical,
      format: request.format,
      lastModified,
      cacheControl,
    });
    const head = Buffer.from(quickHead(200, headers, source.length), 'latin1');
    return { identifier, version: derivative.version, modified, headers, route: PIXEL_ROUTES[api], source, head, wire: undefined };
  }

  function sourceOf(pyramid: OpenPyramid, plan: PixelPlan, size: Dimensions, canonical: string): Source | undefined {
    if (plan.kind === 'stored') {
      const { level, tile } = plan;
      if (!pyramid.passes(level, tile, size)) return undefined;
      return { length: pyramid.tileLength(level, tile, size), into: (open, wire) => open.tileInto(level, tile, size, wire) };
    }
    const made = (open: OpenPyramid) =>
      plan.kind === 'joined' ? joinNow(open, { ...plan, size }) : results.known({ derivative: open.key, canonical });
    // It is wanted in this very turn, and not kept for later.
    let ready = made(pyramid);
    if (!ready) return undefined;
    const { length } = ready;
    queueMicrotask(() => {
      ready = undefined;
    });
    return {
      length,
      into: (open, wire) => {
        const bytes = ready ?? made(open);
        return bytes?.length === length && bytes.copy(wire, wire.length - length) === length;
      },
    };
  }

  /** The answer in a buffer of its own, head and all; undefined where it can't be had at once. */
  function wireOf({ head, source }: Known, derivative: string): Buffer | undefined {
    const pyramid = pyramids.known(derivative);
    if (!pyramid) return undefined;
    const length = head.length + source.length;
    const wire = bytes > 0 ? Buffer.allocUnsafe(length) : wires.take(length);
    if (!source.into(pyramid, wire)) return undefined;
    head.copy(wire);
    return wire;
  }

  function pixelReply(path: string, request: QuickRequest): QuickReply | undefined {
    const before = known.get(path);
    const found = before && find.findNow(before.identifier);
    if (before && !found) return undefined;
    const entry = before && before.version === found?.derivative.version ? before : workOut(path);
    if (!entry) return undefined;
    const { headers, modified, route } = entry;
    if (isUnchanged(request.field('if-none-match'), request.field('if-modified-since'), headers.etag, modified))
      return { route, status: 304, wire: Buffer.from(quickHead(304, headers), 'latin1') };
    const derivative = (found ?? find.findNow(entry.identifier))?.derivative.key;
    const wire = entry.wire ?? (derivative === undefined ? undefined : wireOf(entry, derivative));
    if (!wire) return undefined;
    if (entry !== before || !entry.wire) known.set(path, bytes > 0 ? { ...entry, wire } : entry);
    stampDate(wire, 200);
    return { route, status: 200, wire, ...(bytes > 0 ? {} : { sent: () => wires.give(wire) }) };
  }

  return (path, request) => {
    if (!path.startsWith(ROOT) || path.charCodeAt(IDENTIFIER_AT - 1) !== SLASH) return undefined;
    const version = path[ROOT.length];
    if (version !== '3' && version !== '2') return undefined;
    try {
      if (!path.endsWith(INFO)) return pixelReply(path, request);
      const api = version === '3' ? 3 : 2;
      const identifier = path.slice(IDENTIFIER_AT, -INFO.length);
      const found = identifier.includes('/') ? undefined : find.findNow(identifier);
      if (!found) return undefined;
      const { etag, wire, unchanged } = documents.of(api, identifier, found.derivative, request.field('accept'));
      const same = isUnchanged(request.field('if-none-match'), undefined, etag);
      const [status, bytesOf] = same ? ([304, unchanged] as const) : ([200, wire] as const);
      stampDate(bytesOf, status);
      return { route: INFO_ROUTES[api], status, wire: bytesOf };
    } catch {
      // The route says what is wrong.
      return undefined;
    }
  };
}

const INFO = '/info.json';
const SLASH = 47;
const INFO_ROUTES = { 2: '/iiif/image/2/:image/info.json', 3: '/iiif/image/3/:image/info.json' } as const;
const PIXEL_ROUTES = {
  2: '/iiif/image/2/:image/:region/:size/:rotation/:file',
  3: '/iiif/image/3/:image/:region/:size/:rotation/:file',
} as const;
