import { Histogram, type MetricValueWithName, type Registry } from 'prom-client';

type Label = 'method' | 'route' | 'status' | 'le';
type Series = { readonly method: string; readonly status: number; readonly counts: Float64Array; sum: number };

const NAME = 'vitrine_http_seconds';
const HELP = 'Time to answer a request, by route';

/**
 * How long answers take, by route. As prom-client's own histogram, but for what an observation costs: it looks labels up by their identity, where
 * the library writes them into a string each time, which is a twentieth of a tile.
 */
export class RouteSeconds extends Histogram<Label> {
  readonly #bounds: readonly number[];
  readonly #routes = new Map<string, Series[]>();

  constructor(bounds: readonly number[], registry: Registry) {
    super({
      name: NAME,
      help: HELP,
      labelNames: ['method', 'route', 'status'],
      buckets: [...bounds],
      registers: [registry],
    });
    this.#bounds = bounds;
  }

  count(method: string, route: string, status: number, seconds: number): void {
    const { counts } = this.#of(method, route, status, seconds);
    let bucket = 0;
    while (bucket < this.#bounds.length && seconds > (this.#bounds[bucket] ?? 0)) bucket++;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }

  #of(method: string, route: string, status: number, seconds: number): Series {
    let all = this.#routes.get(route);
    if (!all) {
      all = [];
      this.#routes.set(route, all);
    }
    for (const series of all)
      if (series.status === status && series.method === method) {
        series.sum += seconds;
        return series;
      }
    const made = { method, status, counts: new Float64Array(this.#bounds.length + 1), sum: seconds };
    all.push(made);
    return made;
  }

  /** What the library makes its text and its objects of. */
  async getForPromString() {
    return { name: NAME, help: HELP, type: 'histogram', aggregator: 'sum', values: [...this.#values()] };
  }

  *#values(): Generator<MetricValueWithName<Label> & { sharedLabels: object }> {
    for (const [route, all] of this.#routes)
      for (const { method, status, counts, sum } of all) {
        const labels = { method, route, status: String(status) };
        let total = 0;
        for (const [n, bound] of [...this.#bounds, Number.POSITIVE_INFINITY].entries()) {
          total += counts[n] ?? 0;
          yield {
            metricName: `${NAME}_bucket`,
            labels: { le: Number.isFinite(bound) ? bound : '+Inf', ...labels },
            value: total,
            sharedLabels: {},
          };
        }
        yield { metricName: `${NAME}_sum`, labels, value: sum, sharedLabels: {} };
        yield { metricName: `${NAME}_count`, labels, value: total, sharedLabels: {} };
      }
  }
}
