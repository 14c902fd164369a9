import { composeCosts } from './compose-costs.ts';
import { benchBlobs, benchDocuments, benchIndex, benchKafka } from './engine-ratios.ts';
import type { Figure } from './figure.ts';
import { rebalanceStorm } from './rebalance-storm.ts';

/** The adapters against the bare clients, a rebalance storm, and what docker-compose.yml costs when nothing happens. */
export async function benchEngines(): Promise<Figure[]> {
  return [
    ...(await benchKafka()),
    ...(await benchDocuments()),
    ...(await benchIndex()),
    ...(await benchBlobs()),
    ...(await rebalanceStorm()),
    ...(await composeCosts()),
  ];
}
