import { until } from '@vitrine/platform/until.ts';

export type Toxic = { readonly type: string; readonly attributes: Readonly<Record<string, number>>; readonly toxicity?: number };

/** Toxiproxy's HTTP API, as much of it as the faults need. */
export class Toxiproxy {
  readonly #base: string;

  constructor(port: number) {
    this.#base = `http://127.0.0.1:${port}`;
  }

  async answers(): Promise<void> {
    await until('toxiproxy answers', async () =>
      fetch(`${this.#base}/version`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  async link(name: string, listen: number, upstream: string): Promise<void> {
    await this.#post('/proxies', { name, listen: `0.0.0.0:${listen}`, upstream, enabled: true });
  }

  /** In both directions. */
  async poison(link: string, { type, attributes, toxicity = 1 }: Toxic): Promise<void> {
    for (const stream of ['upstream', 'downstream'])
      await this.#post(`/proxies/${link}/toxics`, { name: `${type}-${stream}`, type, stream, toxicity, attributes });
  }

  /** Ends every fault of every link. */
  async heal(): Promise<void> {
    await this.#post('/reset', {});
  }

  async #post(path: string, body: object): Promise<void> {
    const reply = await fetch(`${this.#base}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!reply.ok) throw new Error(`toxiproxy answers ${reply.status} to ${path}: ${await reply.text()}`);
  }
}
