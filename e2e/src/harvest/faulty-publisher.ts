import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { seeded } from '@vitrine/platform/faults.ts';
import type { Happening } from './publisher-script.ts';

const PAGE = 10;
const CONTEXT = 'http://iiif.io/api/discovery/1/context.json';
/** Times that a path misbehaves before it answers as it should. */
const MOST = 3;
const ENDLESS = 10_000_000_000;

/** What is wrong with an answer, now and then; it heals. */
export const WIRE_FAULTS = [
  'busy',
  'failing',
  'cut',
  'truncated',
  'html',
  'empty',
  'slow',
  'redirect-inside',
  'redirect-loop',
  'bomb',
  'endless',
  'refused',
  'missing',
  'unknown-coding',
  'other-type',
] as const;
export type WireFault = (typeof WIRE_FAULTS)[number];

/** What is wrong with the stream itself, always. */
export const STREAM_FAULTS = [
  'duplicates',
  'disorder',
  'shifting',
  'empty-pages',
  'garbage',
  'skew',
  'endless-prev',
  'no-zone',
  'newest-first',
] as const;
export type StreamFault = (typeof STREAM_FAULTS)[number];

export type FaultyPublisher = {
  readonly base: string;
  readonly stream: string;
  /** What happened so far, in its order. */
  tell(happenings: readonly Happening[]): void;
  close(): Promise<void>;
};

type Options = {
  readonly seed: number;
  readonly wire: readonly WireFault[];
  readonly stream: readonly StreamFault[];
  /** Of the answers, how many misbehave at first. */
  readonly share?: number;
};

/** A museum on a port of this machine that misbehaves by a script: the same seed, the same faults. */
export async function openFaultyPublisher({ seed, wire, stream: faults, share = 0.25 }: Options): Promise<FaultyPublisher> {
  const random = seeded(seed);
  const spent = new Map<string, number>();
  let happenings: readonly Happening[] = [];
  /** What each object was left as. */
  const left = new Map<string, Happening>();
  let steady: unknown[][] | undefined;
  let base = '';
  let requests = 0;
  let [told, toldAt] = [0, 0];
  const has = (fault: StreamFault) => faults.includes(fault);

  /**
   * Things happen while the stream is read, and of an object only what happened last is told: what it had before leaves its page, and every border after it moves. So Goobi
   * viewer computes its pages.
   */
  function revealed(): readonly Happening[] {
    if (!has('shifting')) return happenings;
    const known = happenings.slice(0, Math.min(happenings.length, told + 20 + 3 * (requests - toldAt)));
    return known.filter(({ object }, at) => !known.slice(at + 1).some((later) => later.object === object));
  }

  function activities(): unknown[] {
    const script = seeded(seed + 2);
    const listed: unknown[] = [];
    for (const { type, object, target, time } of revealed()) {
      const iso = new Date(time).toISOString();
      const activity = {
        type,
        object: { id: `${base}/r/${object}`, type: 'HumanMadeObject' },
        ...(target === undefined ? {} : { target: { id: `${base}/r/${target}`, type: 'HumanMadeObject' } }),
        endTime: has('no-zone') ? iso.replace('Z', '') : iso,
      };
      listed.push(activity);
      if (has('duplicates') && script() < 0.2) listed.push(activity);
      if (has('garbage') && script() < 0.1)
        listed.push([null, 'Update', { type: 'Update' }, { type: 7, object: {} }][Math.floor(script() * 4)]);
      // A clock that is years ahead, about an object that is there anyway.
      if (has('skew') && script() < 0.05)
        listed.push({ type: 'Update', object: { id: `${base}/r/o0`, type: 'HumanMadeObject' }, endTime: '2099-01-01T00:00:00Z' });
    }
    return listed;
  }

  /** Only pages that shift have to be made for each request. */
  function pages(): unknown[][] {
    if (has('shifting')) return cutPages();
    steady ??= cutPages();
    return steady;
  }

  function cutPages(): unknown[][] {
    const all = activities();
    const cut: unknown[][] = [];
    for (let from = 0; from < all.length; from += PAGE) cut.push(all.slice(from, from + PAGE));
    const script = seeded(seed + 3);
    const ordered = has('disorder') ? cut.map((items) => shuffled(items, script)) : cut;
    if (has('newest-first')) return ordered.map((items) => items.toReversed()).reverse();
    return has('empty-pages') ? ordered.flatMap((items) => (script() < 0.3 ? [[], items] : [items])) : ordered;
  }

  const link = (n: number) => ({ id: `${base}/page/${n}`, type: 'OrderedCollectionPage' });

  function document(path: string): unknown {
    const all = pages();
    if (path === '/stream')
      return {
        '@context': CONTEXT,
        id: `${base}/stream`,
        type: 'OrderedCollection',
        ...(all.length === 0 ? {} : { first: link(0), last: link(all.length - 1) }),
      };
    const number = /^\/page\/(-?\d+)$/.exec(path)?.[1];
    if (number !== undefined) {
      const n = Number(number);
      const items = all[Math.max(0, n)];
      if (!items) return undefined;
      const prev = n > 0 || (has('endless-prev') && !has('newest-first'));
      return {
        '@context': CONTEXT,
        id: `${base}/page/${n}`,
        type: 'OrderedCollectionPage',
        ...(prev ? { prev: link(n - 1) } : {}),
        ...(n + 1 < all.length ? { next: link(n + 1) } : {}),
        orderedItems: items,
      };
    }
    return record(path);
  }

  /** A record as what happened last left it; 410 where it is gone. */
  function record(path: string): unknown {
    const name = /^\/r\/([a-z0-9]+)$/.exec(path)?.[1];
    const last = name === undefined ? undefined : left.get(name);
    if (name === undefined || !last) return undefined;
    if (last.type === 'Delete' || (last.type === 'Move' && last.object === name)) return 'gone';
    return {
      '@context': 'https://linked.art/ns/v1/linked-art.json',
      id: `https://museum.example/r/${name}`,
      type: 'HumanMadeObject',
      _label: `${name} as of ${last.time}`,
      identified_by: [{ type: 'Name', content: `${name} as of ${last.time}` }],
    };
  }

  async function misbehave(fault: WireFault, response: ServerResponse, body: string): Promise<void> {
    const json = { 'content-type': 'application/json' };
    const half = body.slice(0, Math.floor(body.length / 2));
    switch (fault) {
      case 'busy':
        return void response.writeHead(429, { 'retry-after': '0' }).end();
      case 'failing':
        return void response.writeHead([500, 502, 503][requests % 3] ?? 500).end();
      case 'cut':
        response.writeHead(200, { ...json, 'content-length': Buffer.byteLength(body) });
        response.write(half);
        return void response.destroy();
      case 'truncated':
        return void response.writeHead(200, json).end(half);
      case 'html':
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
      case 'empty':
        return void response.writeHead(200, json).end();
      case 'slow':
        response.writeHead(200, json);
        for (let from = 0; from < body.length; from += 200) {
          response.write(body.slice(from, from + 200));
          await setTimeout(5);
        }
        return void response.end();
      case 'redirect-inside':
        return void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
      case 'redirect-loop':
        return void response.writeHead(302, { location: `${base}/loop` }).end();
      case 'bomb':
        return void response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(30_000_000)));
      case 'endless': {
        response.writeHead(200, { ...json, 'content-length': ENDLESS });
        const piece = Buffer.alloc(65_536, ' ');
        while (!response.destroyed && response.write(piece)) await setTimeout(0);
        return void response.destroy();
      }
      case 'refused':
        return void response.writeHead(401).end();
      case 'missing':
        return void response.writeHead(404).end();
      case 'unknown-coding':
        return void response.writeHead(200, { ...json, 'content-encoding': 'zstd' }).end(body);
      case 'other-type':
        return void response.writeHead(200, { 'content-type': 'text/plain' }).end(body);
    }
  }

  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests++;
    response.on('error', () => {});
    if (path === '/loop') return void response.writeHead(302, { location: `${base}/loop` }).end();
    const found = document(path);
    if (found === undefined) return void response.writeHead(404).end();
    if (found === 'gone') return void response.writeHead(410).end();
    const body = JSON.stringify(found);
    const times = spent.get(path) ?? 0;
    const fault = wire[Math.floor(random() * wire.length)];
    if (fault !== undefined && times < MOST && random() < share) {
      spent.set(path, times + 1);
      return void misbehave(fault, response, body).catch(() => response.destroy());
    }
    response.writeHead(200, { 'content-type': 'application/ld+json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  base = `http://localhost:${typeof address === 'object' && address ? address.port : 0}`;
  return {
    base,
    stream: `${base}/stream`,
    tell: (all) => {
      [told, toldAt] = [happenings.length, requests];
      happenings = all;
      steady = undefined;
      left.clear();
      for (const happening of all) {
        left.set(happening.object, happening);
        if (happening.target !== undefined) left.set(happening.target, happening);
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
