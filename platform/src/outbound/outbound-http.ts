import { type LookupAddress, lookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, type buildConnector, type Dispatcher, request } from 'undici';
import { Problem } from '../problem.ts';
import { isPublicAddress } from './address-guard.ts';
import { decoded, discard } from './decoded-body.ts';
import { HostBreaker } from './host-breaker.ts';
import { type HostTurns, localTurns } from './host-turns.ts';

const MAX_REDIRECTS = 3;
/** A host may ask for patience, not for ever. */
const LONGEST_RETRY_AFTER = 24 * 60 * 60 * 1000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** The network as far as it is guarded: a connector looks names up with the guard that it is given, and nothing else. */
export type Network = {
  readonly lookup: (hostname: string, options: { all: true }, callback: AllAddresses) => void;
  readonly connector: (guarded: LookupFunction) => buildConnector.connector;
};

type Sent = Pick<Dispatcher.RequestOptions, 'method'> & {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly signal: AbortSignal;
};

type AllAddresses = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

export type OutboundOptions = {
  /** `scheme://host:port` of private origins that the configuration allows. */
  allowedOrigins: ReadonlySet<string>;
  /** Milliseconds for the whole of an answer's head, and between two pieces of its body. */
  timeout: number;
  /** Requests to one host at once. */
  atOnce: number;
  /** Turns that replicas share; without, this process has its own. */
  turns?: HostTurns;
  userAgent: string;
  now?: () => number;
  /** How names are looked up, and what connects; this machine's own by default. */
  network?: Network;
};

type OutboundRequest = {
  accept: string;
  etag?: string | undefined;
  /** As the last answer said it; asked with where there is no `etag`. */
  lastModified?: string | undefined;
  /** Whether the answer may come compressed; `maxBytes` counts what comes out. Not for what is resumed. */
  compressed?: boolean | undefined;
  /** Sent to the origin of the address alone, never after a redirect elsewhere: they may hold a secret. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Only what is from there on is wanted, if it is still what this strong validator says (RFC 9110, 13.1.5 and 14.2). */
  resume?: { readonly from: number; readonly etag: string } | undefined;
  maxBytes: number;
  signal: AbortSignal;
};

type OutboundMessage = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
};

type OutboundAnswer =
  | { readonly status: 'unchanged' }
  | { readonly status: 'missing' }
  | { readonly status: 'gone' }
  | {
      readonly status: 'found';
      /** Where the body begins: 0, but for what is resumed. */
      readonly from: number;
      readonly etag?: string;
      readonly lastModified?: string;
      readonly contentType?: string;
      readonly contentEncoding?: string;
      /** Access-Control-Allow-Origin. */
      readonly allowOrigin?: string;
      /** RFC 8288. */
      readonly link?: string;
      readonly body: AsyncIterable<Uint8Array>;
      readonly address: string;
    };

/** What asks other people's hosts. Every hop is vetted: the scheme, the literal address, and each address that a name resolves to. */
export type OutboundHttp = {
  /**
   * Only the body remains to be read; it throws `source-too-large` past `maxBytes` and `source-unreachable` when it is cut.
   *
   * @throws Problem `outbound-refused`, `source-unreachable` (also 5xx, 429), `source-refused` (401, 403)
   */
  get(address: string, options: OutboundRequest): Promise<OutboundAnswer>;
  /**
   * Sends bytes; what is answered but its status is passed over, and a redirect is not followed.
   *
   * @throws Problem `outbound-refused`, `source-unreachable` where nobody answers
   */
  post(address: string, message: OutboundMessage): Promise<{ readonly status: number }>;
  close(): Promise<void>;
};

export function createOutboundHttp(options: OutboundOptions): OutboundHttp {
  const timeouts = { headersTimeout: options.timeout, bodyTimeout: options.timeout, connectTimeout: options.timeout };
  const { network } = options;
  const guard = publicLookup(network?.lookup ?? lookup);
  const guarded = new Agent({ ...timeouts, connect: network?.connector(guard) ?? { lookup: guard } });
  const allowed = new Agent(timeouts);
  const breaker = new HostBreaker(options.now ?? Date.now);
  const turns = options.turns ?? localTurns(options.atOnce);

  function agentFor(url: URL): Agent {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new Problem('outbound-refused', { detail: `${url.protocol} is not fetched` });
    if (url.username || url.password) throw new Problem('outbound-refused', { detail: 'an address with a password in it' });
    if (options.allowedOrigins.has(url.origin)) return allowed;
    // The lookup guard is not called for literal addresses.
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isPublicAddress(host)) throw new Problem('outbound-refused', { detail: url.origin });
    return guarded;
  }

  /** The turn at the host lasts until `leave`: to the end of the body, not only of the head. */
  async function ask(
    url: URL,
    { accept, etag, lastModified, compressed, signal, resume, headers: own }: OutboundRequest,
  ): Promise<{ response: Dispatcher.ResponseData; leave: () => void }> {
    const headers: Record<string, string> = { ...own, accept };
    if (resume) Object.assign(headers, { range: `bytes=${resume.from}-`, 'if-range': resume.etag });
    if (compressed) headers['accept-encoding'] = 'gzip, br';
    if (etag !== undefined) headers['if-none-match'] = etag;
    else if (lastModified !== undefined) headers['if-modified-since'] = lastModified;
    return send(url, { method: 'GET', headers, signal });
  }

  async function send(url: URL, { signal, headers, ...message }: Sent): Promise<{ response: Dispatcher.ResponseData; leave: () => void }> {
    const dispatcher = agentFor(url);
    const wait = breaker.openFor(url.host);
    if (wait > 0)
      throw new Problem('source-unreachable', {
        detail: `${url.host} failed several times and is left alone for a while`,
        retryAfter: wait,
      });
    const leave = await turns.enter(url.host);
    try {
      return {
        response: await request(url, { ...message, dispatcher, headers: { ...headers, 'user-agent': options.userAgent }, signal }),
        leave,
      };
    } catch (cause) {
      leave();
      if (signal.aborted) throw cause;
      const refused = innerCause(cause);
      if (refused) throw new Problem('outbound-refused', { detail: url.origin, cause: refused });
      breaker.failed(url.host);
      throw new Problem('source-unreachable', { detail: `${url.href}: ${cause instanceof Error ? cause.message : String(cause)}`, cause });
    }
  }

  async function get(address: string, wanted: OutboundRequest): Promise<OutboundAnswer> {
    let url = parseAddress(address);
    const { origin } = url;
    let elsewhere = false;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      // What went elsewhere once may have been led back: the secret stays out from then on.
      elsewhere ||= url.origin !== origin;
      const { response, leave } = await ask(url, elsewhere ? { ...wanted, headers: undefined } : wanted);
      const { statusCode } = response;
      const location = headerOf(response, 'location');
      if (REDIRECTS.has(statusCode) && location !== undefined) {
        await response.body.dump().finally(leave);
        url = parseAddress(new URL(location, url).href);
        continue;
      }
      return answer(url, response, leave, wanted);
    }
    throw new Problem('source-unreachable', { detail: `${address} redirects more than ${MAX_REDIRECTS} times` });
  }

  async function answer(
    url: URL,
    response: Dispatcher.ResponseData,
    leave: () => void,
    { maxBytes, resume }: OutboundRequest,
  ): Promise<OutboundAnswer> {
    const { statusCode } = response;
    const from = statusCode === 206 && resume && beginsAt(response, resume.from) ? resume.from : 0;
    if (statusCode === 200 || from > 0) {
      const length = from + Number(headerOf(response, 'content-length') ?? 0);
      if (length > maxBytes) {
        discard(response.body);
        leave();
        throw new Problem('source-too-large', { detail: `${url.href}: ${length} bytes, at most ${maxBytes}` });
      }
      breaker.succeeded(url.host);
      const coding = headerOf(response, 'content-encoding');
      let body: AsyncIterable<Uint8Array>;
      try {
        body = decoded(response.body, from > 0 ? undefined : coding, url);
      } catch (thrown) {
        leave();
        throw thrown;
      }
      return {
        status: 'found',
        address: url.href,
        from,
        body: bounded(body, url, maxBytes - from, leave),
        ...definedOf({
          etag: headerOf(response, 'etag'),
          lastModified: headerOf(response, 'last-modified'),
          contentType: headerOf(response, 'content-type'),
          contentEncoding: coding,
          allowOrigin: headerOf(response, 'access-control-allow-origin'),
          link: headerOf(response, 'link'),
        }),
      };
    }
    await response.body.dump().finally(leave);
    const detail = `${url.href} answers ${statusCode}`;
    if (statusCode === 429 || statusCode >= 500) {
      const retryAfter = retryAfterOf(headerOf(response, 'retry-after'), (options.now ?? Date.now)());
      breaker.failed(url.host, retryAfter);
      throw new Problem('source-unreachable', { detail, ...(retryAfter === undefined ? {} : { retryAfter }) });
    }
    breaker.succeeded(url.host);
    if (statusCode === 304) return { status: 'unchanged' };
    if (statusCode === 404) return { status: 'missing' };
    if (statusCode === 410) return { status: 'gone' };
    if (statusCode === 401 || statusCode === 403) throw new Problem('source-refused', { detail });
    throw new Problem('source-unreachable', { detail });
  }

  async function post(address: string, { headers, body, signal }: OutboundMessage): Promise<{ readonly status: number }> {
    const url = parseAddress(address);
    const { response, leave } = await send(url, { method: 'POST', headers, body, signal });
    await response.body.dump().finally(leave);
    if (response.statusCode < 500) breaker.succeeded(url.host);
    else breaker.failed(url.host);
    return { status: response.statusCode };
  }

  return { get, post, close: async () => void (await Promise.all([guarded.close(), allowed.close()])) };
}

function parseAddress(address: string): URL {
  const url = URL.parse(address);
  if (!url) throw new Problem('outbound-refused', { detail: `not an address: ${address.slice(0, 200)}` });
  return url;
}

/** Content-Range (RFC 9110, 14.4). */
function beginsAt(response: Dispatcher.ResponseData, from: number): boolean {
  return headerOf(response, 'content-range')?.startsWith(`bytes ${from}-`) ?? false;
}

function definedOf<K extends string>(values: Record<K, string | undefined>): { [key in K]?: string } {
  const defined: { [key in K]?: string } = {};
  for (const key in values) if (values[key] !== undefined) defined[key] = values[key];
  return defined;
}

function headerOf(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Retry-After in seconds or as a date (RFC 9110, 10.2.3), in milliseconds from now. */
function retryAfterOf(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? undefined : Math.min(LONGEST_RETRY_AFTER, Math.max(0, wait));
}

async function* bounded(body: AsyncIterable<Uint8Array>, url: URL, maxBytes: number, leave: () => void): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const chunk of body) {
      total += chunk.length;
      if (total > maxBytes) throw new Problem('source-too-large', { detail: `${url.href}: at most ${maxBytes} bytes` });
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause;
    throw new Problem('source-unreachable', { detail: `${url.href} broke off after ${total} bytes`, cause });
  } finally {
    leave();
  }
}

// The vetted addresses are those that the socket connects to: there is no second look-up that could answer otherwise.
const publicLookup =
  (resolve: Network['lookup']): LookupFunction =>
  (hostname, options, callback) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, []);
      const inside = addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (inside || !first) return callback(new Problem('outbound-refused', { detail: hostname }), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });

function innerCause(thrown: unknown): Problem | undefined {
  for (let at = thrown; at instanceof Error; at = at.cause) if (at instanceof Problem) return at;
  return undefined;
}
