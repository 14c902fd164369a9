import { isDeepStrictEqual } from 'node:util';
import { until } from '@vitrine/platform/until.ts';

export type Answer = {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly bytes: Buffer;
  json(): Record<string, unknown>;
};

/** A served Vitrine, seen from outside. A request that finds nobody, because it is being started, is asked again by whoever waits. */
export class Site {
  readonly base: string;
  /** How many times longer than an undisturbed server it may take. */
  readonly #patience: number;

  constructor(base: string, patience = 1) {
    this.base = base;
    this.#patience = patience;
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    const address = path.startsWith('http') ? path : `${this.base}${path}`;
    const reply = await fetch(address, { headers, redirect: 'manual', signal: AbortSignal.timeout(10_000) });
    const bytes = Buffer.from(await reply.arrayBuffer());
    return {
      status: reply.status,
      location: reply.headers.get('location'),
      headers: reply.headers,
      bytes,
      json: () => JSON.parse(String(bytes)),
    };
  }

  manifest(object: string): Promise<Answer> {
    return this.get(`/iiif/presentation/3/manifests/${object}`);
  }

  search(object: string, q: string): Promise<Answer> {
    return this.get(`/iiif/search/2/manifests/${object}?q=${encodeURIComponent(q)}`);
  }

  /** Waits for what is expected, through restarts. */
  async sees(what: string, look: () => Promise<unknown>, expected: unknown, milliseconds = 30_000): Promise<void> {
    let last: unknown = 'nothing';
    await until(
      what,
      async () => {
        last = await look().catch((error: unknown) => `no answer: ${String(error)}`);
        return isDeepStrictEqual(last, expected);
      },
      milliseconds * this.#patience,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}; the last that was seen: ${JSON.stringify(last)} instead of ${JSON.stringify(expected)}`);
    });
  }
}
