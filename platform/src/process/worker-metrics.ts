import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import Type from 'typebox';
import { Check } from 'typebox/value';

const Question = Type.Object({ metricsWanted: Type.Integer() });
const Answer = Type.Object({ metricsOf: Type.Integer(), text: Type.String() });

/** Milliseconds after which a worker says what it knows itself. */
const PATIENCE = 4000;

/** In the process that oversees the workers: adds up what all of them count, for whichever was asked. */
export function answerForWorkers(): void {
  const all = new AggregatorRegistry();
  cluster.on('message', (worker, message: unknown) => {
    if (!Check(Question, message)) return;
    const { metricsWanted: metricsOf } = message;
    all.clusterMetrics().then(
      (text) => worker.isConnected() && worker.send({ metricsOf, text }),
      // Whoever asked gives its own.
      () => {},
    );
  });
}

/** The metrics of a process in the exposition format of Prometheus: of all workers, where it is one of several. */
export function workersExposition(own: Registry): () => Promise<string> {
  const { worker } = cluster;
  if (!worker) return () => own.metrics();
  AggregatorRegistry.setRegistries([own]);
  // It answers what the overseeing process asks.
  new AggregatorRegistry();
  let asked = 0;
  return () =>
    new Promise((resolve) => {
      const number = ++asked;
      const settle = (text: string | Promise<string>) => {
        clearTimeout(timer);
        worker.off('message', hear);
        resolve(text);
      };
      const timer = setTimeout(() => settle(own.metrics()), PATIENCE);
      const hear = (message: unknown) => {
        if (Check(Answer, message) && message.metricsOf === number) settle(message.text);
      };
      worker.on('message', hear);
      worker.send({ metricsWanted: number });
    });
}
