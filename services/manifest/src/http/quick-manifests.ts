import type { AccessTable } from '@vitrine/access/access-table.ts';
import { isUnchanged } from '@vitrine/platform/http/conditional-reply.ts';
import { quickHead, stampDate } from '@vitrine/platform/http/quick-head.ts';
import type { QuickDoor, QuickReply, QuickRequest } from '@vitrine/platform/service.ts';
import { LRUCache } from 'lru-cache';
import type { Stores } from '../stores.ts';
import { MANIFEST_DOORS, type ManifestAnswer } from './manifest.ts';
import { wholeDocument } from './send-document.ts';
import { presentationAnswer } from './send-presentation.ts';

/** Bytes of answers that are kept, head and all. */
const KEPT = 32 * 1024 * 1024;
/** A longer answer is left to the route: it is not what a server is asked for thousands of times a second. */
const LONGEST = 1024 * 1024;
/** Milliseconds after which it is looked again whether an answer is still so, and those after which nobody is given it without that look. What this process publishes is seen at once. */
const FRESH = 1000;
const STALE = 5000;
const PREFIX = '/iiif/presentation/';
const MANIFEST = /^\/iiif\/presentation\/(?:([23])\/)?manifests\/([a-z0-9._-]+)$/;
/** What every answer of this server says. */
const ALWAYS = { 'x-content-type-options': 'nosniff', 'access-control-allow-origin': '*' } as const;

type Known = {
  readonly object: string;
  readonly sha256: string;
  readonly route: string;
  readonly etag: string;
  readonly wire: Buffer;
  readonly unchanged: Buffer;
  checkedAt: number;
};

export type QuickManifests = {
  readonly door: QuickDoor;
  /** Something else is published of an object. */
  forget(object: string): void;
};

/** Manifests, answered before the router is asked; where all may see everything only. What is asked for again is kept as it goes out. */
export function quickManifests(
  { publications }: Pick<Stores, 'publications'>,
  access: AccessTable,
  answerOf: ManifestAnswer,
): QuickManifests {
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
  /** How often something was forgotten: what was read before is not kept afterwards. */
  let forgotten = 0;

  function forget(object: string): void {
    forgotten++;
    for (const key of [...(keys.get(object) ?? [])]) known.delete(key);
  }

  async function isStillSo({ object, sha256 }: Known): Promise<boolean> {
    const publication = await publications.get(object);
    const still = publication?.state === 'published' && publication.sha256 === sha256;
    if (!still) forget(object);
    return still;
  }

  function replyOf(entry: Known, request: QuickRequest): QuickReply {
    const same = isUnchanged(request.field('if-none-match'), undefined, entry.etag);
    const [status, wire] = same ? ([304, entry.unchanged] as const) : ([200, entry.wire] as const);
    stampDate(wire, status);
    return { route: entry.route, status, wire };
  }

  /** Undefined where the route has more to say: that there is none, or that it is long. */
  async function load(key: string, [, version, object = '']: RegExpExecArray, request: QuickRequest): Promise<QuickReply | undefined> {
    const before = forgotten;
    const [route, only] = MANIFEST_DOORS.find(([, of]) => of === (version === undefined ? undefined : Number(version))) ?? [];
    const accept = request.field('accept');
    const found = await answerOf(object, only, accept);
    const { headers, bytes } = await wholeDocument(presentationAnswer(found, accept), request.field('accept-encoding'));
    if (bytes.length > LONGEST || route === undefined) return undefined;
    const all = { ...ALWAYS, ...headers };
    const head = Buffer.from(quickHead(200, all, bytes.length), 'latin1');
    const unchanged = Buffer.from(quickHead(304, all), 'latin1');
    const entry: Known = {
      object,
      sha256: found.sha256,
      route,
      etag: headers.etag,
      wire: Buffer.concat([head, bytes]),
      unchanged,
      checkedAt: Date.now(),
    };
    if (forgotten === before) {
      known.set(key, entry);
      keys.set(object, (keys.get(object) ?? new Set()).add(key));
    }
    return replyOf(entry, request);
  }

  return {
    forget,
    door: (path, request) => {
      const asked = path.startsWith(PREFIX) ? MANIFEST.exec(path) : null;
      if (!asked || access.allowsNow(asked[2] ?? '') !== true) return undefined;
      // No field can hold a line feed, so none can pass for a part of the other.
      const key = `${path}\n${request.field('accept') ?? ''}\n${request.field('accept-encoding') ?? ''}`;
      const entry = known.get(key);
      if (!entry) return load(key, asked, request);
      const age = Date.now() - entry.checkedAt;
      if (age > FRESH) entry.checkedAt = Date.now();
      if (age > STALE) return isStillSo(entry).then((still) => (still ? replyOf(entry, request) : load(key, asked, request)));
      if (age > FRESH) isStillSo(entry).catch(() => forget(entry.object));
      return replyOf(entry, request);
    },
  };
}
