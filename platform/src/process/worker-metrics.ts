import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import Type from 'typebox';
import { Check } from 'typebox/value';
import { Problem } from '../problem.ts';

const Question = Type.Object({ metricsWanted: Type.Integer() });
const Begin = Type.Object({ metricsBegin: Type.Literal(true) });
const Answer = Type.Object({ metricsOf: Type.Integer(), text: Type.String() });

/** Milliseconds in which all workers must have answered; prom-client itself gives up after five seconds. */
const PATIENCE = 6000;

/** In the process that oversees the workers: adds up what all of them count, for whichever was asked. */
export function answerForWorkers(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!Check(Question, message)) return;
    const { metricsWanted: metricsOf } = message;
    for (const each of Object.values(cluster.workers ?? {})) each?.send({ metricsBegin: true });
    all.clusterMetrics().then(
      (text) => worker.isConnected() && worker.send({ metricsOf, text }),
      // Whoever asked says so.
      () => {},
    );
  });
}

/**
 * The metrics of a process in the exposition format of Prometheus: of all workers, where it is one of several.
 *
 * @param begin is called before the first time: what is never asked for need not be observed
 * @throws Problem `port-unavailable` where a worker doesn't answer: the numbers of the others alone would look like a counter that fell
 */
export function workersExposition(own: Registry, begin: () => void): () => Promise<string> {
  const { worker } = cluster;
  if (!worker)
    return () => {
      begin();
      return own.metrics();
    };
  AggregatorRegistry.setRegistries([own]);
  worker.on('message', (message: unknown) => {
    if (Check(Begin, message)) begin();
  });
  // It answers what the overseeing process asks.
  new AggregatorRegistry();
  let asked = 0;
  return () =>
    new Promise((resolve, reject) => {
      const number = ++asked;
      const hear = (message: unknown) => {
        if (!Check(Answer, message) || message.metricsOf !== number) return;
        forget();
        resolve(message.text);
      };
      const timer = setTimeout(() => {
        forget();
        reject(new Problem('port-unavailable', { detail: 'a worker says nothing of its metrics' }));
      }, PATIENCE);
      function forget() {
        clearTimeout(timer);
        worker?.off('message', hear);
      }
      worker.on('message', hear);
      worker.send({ metricsWanted: number });
    });
}
