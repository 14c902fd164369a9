import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { workersExposition } from './process/worker-metrics.ts';
import { RouteSeconds } from './route-seconds.ts';

export type Metrics = {
  /** One record of a group ended, as `code`, after `seconds`. */
  handled(group: string, code: string, failed: boolean, seconds: number): void;
  /** Steps of a group that wait for an engine just now. */
  held(group: string, steps: number): void;
  answered(method: string, route: string, status: number, seconds: number): void;
  /** Asked at each scrape: how many records of a topic a group has before it. */
  watchLag(group: string, topic: string, lag: () => Promise<number>): void;
  /** The exposition format of Prometheus, 0.0.4. */
  exposition(): Promise<string>;
};

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600];

/** The metrics of a process and, where it is one of several workers, of all; their names are in docs/operations.md. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  let collecting = false;
  // From the first scrape on: whoever is never asked pays for no observer.
  const exposition = workersExposition(registry, () => {
    if (!collecting) collectDefaultMetrics({ register: registry });
    collecting = true;
  });
  const handledSeconds = new Histogram({
    name: 'vitrine_handled_seconds',
    help: 'Time from the first try of a record to its end, by group and outcome',
    labelNames: ['group', 'code', 'failed'],
    buckets: SECONDS,
    registers,
  });
  const held = new Gauge({
    name: 'vitrine_held_steps',
    help: 'Steps that wait for an engine, by group',
    labelNames: ['group'],
    registers,
  });
  const routeSeconds = new RouteSeconds(SECONDS, registry);
  const unanswered = new Counter({
    name: 'vitrine_lag_unanswered_total',
    help: 'Questions for a lag that the bus did not answer',
    registers,
  });
  const lags: { group: string; topic: string; lag: () => Promise<number> }[] = [];
  new Gauge({
    name: 'vitrine_lag',
    help: 'Records of a topic that a group has not committed',
    labelNames: ['group', 'topic'],
    registers,
    async collect() {
      await Promise.all(
        lags.map(async ({ group, topic, lag }) => {
          try {
            this.set({ group, topic }, await lag());
          } catch {
            unanswered.inc();
          }
        }),
      );
    },
  });
  return {
    handled: (group, code, failed, seconds) => handledSeconds.observe({ group, code, failed: String(failed) }, seconds),
    held: (group, steps) => held.set({ group }, steps),
    answered: (method, route, status, seconds) => routeSeconds.count(method, route, status, seconds),
    watchLag: (group, topic, lag) => void lags.push({ group, topic, lag }),
    exposition,
  };
}
