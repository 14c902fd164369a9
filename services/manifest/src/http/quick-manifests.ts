import type { AccessTable } from '@vitrine/access/access-table.ts';
import { isUnchanged } from '@vitrine/platform/http/conditional-reply.ts';
import { quickHead, stampDate } from '@vitrine/platform/http/quick-head.ts';
import type { QuickDoor, QuickRequest } from '@vitrine/platform/service.ts';
import { LRUCache } from 'lru-cache';
import type { Stores } from '../stores.ts';

/** Bytes of answers that are kept, head and all. */
const KEPT = 32 * 1024 * 1024;
/** A longer answer is left to the route: it is not what a server is asked for thousands of times a second. */
const LONGEST = 1024 * 1024;
/** Milliseconds after which it is looked again whether an answer is still so, and those after which nobody is given it without that look. What this process publishes is seen at once. */
const FRESH = 1000;
const STALE = 5000;
const PREFIX = '/iiif/presentation/';
const MANIFEST = /^\/iiif\/presentation\/(?:[23]\/)?manifests\/[^/?]+$/;

type Known = {
  readonly object: string;
  readonly sha256: string;
  readonly route: string;
  readonly etag: string;
  readonly wire: Buffer;
  readonly unchanged: Buffer;
  checkedAt: number;
};

type Answer = {
  readonly object: string;
  readonly sha256: string;
  readonly route: string;
  /** As they go out, but for date, length and connection. */
  readonly headers: Readonly<Record<string, string>> & { readonly etag: string };
  readonly body: Buffer;
};

export type QuickManifests = {
  readonly door: QuickDoor;
  /** What a route has answered is answered at once from now on. */
  keep(path: string, asked: { accept: string | undefined; encoding: string | undefined }, answer: Answer): void;
  /** Something else is published of an object. */
  forget(object: string): void;
};

const keyOf = (path: string, accept: string | undefined, encoding: string | undefined): string =>
  `${path} ${accept ?? ''} ${encoding ?? ''}`;

/** Answers to manifests that are asked for again and again, given before the router is asked; where all may see everything only. */
export function quickManifests({ publications }: Pick<Stores, 'publications'>, access: AccessTable): QuickManifests {
  const keys = new Map<string, Set<string>>();
  const known = new LRUCache<string, Known>({
    maxSize: KEPT,
    sizeCalculation: ({ wire, unchanged }) => wire.length + unchanged.length,
    dispose: ({ object }, key) => {
      const own = keys.get(object);
      own?.delete(key);
      if (own?.size === 0) keys.delete(object);
    },
  });

  function forget(object: string): void {
    for (const key of [...(keys.get(object) ?? [])]) known.delete(key);
  }

  async function check(entry: Known): Promise<void> {
    const publication = await publications.get(entry.object);
    if (publication?.state !== 'published' || publication.sha256 !== entry.sha256) forget(entry.object);
  }

  return {
    forget,

    keep: (path, { accept, encoding }, { object, sha256, route, headers, body }) => {
      if (body.length > LONGEST || access.allowsNow(object) !== true) return;
      const head = Buffer.from(quickHead(200, headers, body.length), 'latin1');
      const unchanged = Buffer.from(quickHead(304, headers), 'latin1');
      const key = keyOf(path, accept, encoding);
      const own = keys.get(object) ?? new Set();
      known.set(key, { object, sha256, route, etag: headers.etag, wire: Buffer.concat([head, body]), unchanged, checkedAt: Date.now() });
      keys.set(object, own.add(key));
    },

    door: (path: string, request: QuickRequest) => {
      if (!path.startsWith(PREFIX) || !MANIFEST.test(path)) return undefined;
      const entry = known.get(keyOf(path, request.field('accept'), request.field('accept-encoding')));
      if (!entry || access.allowsNow(entry.object) !== true) return undefined;
      const age = Date.now() - entry.checkedAt;
      if (age > STALE) return undefined;
      if (age > FRESH) {
        entry.checkedAt = Date.now();
        check(entry).catch(() => forget(entry.object));
      }
      const same = isUnchanged(request.field('if-none-match'), undefined, entry.etag);
      const [status, wire] = same ? ([304, entry.unchanged] as const) : ([200, entry.wire] as const);
      stampDate(wire, status);
      return { route: entry.route, status, wire };
    },
  };
}
