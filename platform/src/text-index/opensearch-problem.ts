import type { Client } from '@opensearch-project/opensearch';
import { Problem } from '../problem.ts';

const OLDEST_MAJOR = 2;

/** @throws Problem `engine-unfit` for another product, or a version that is too old */
export async function demandOpenSearch(client: Client): Promise<void> {
  const { body } = await client.info();
  const { distribution, number } = body.version;
  if (distribution !== 'opensearch' || Number.parseInt(number, 10) < OLDEST_MAJOR)
    throw new Problem('engine-unfit', {
      detail: `the text index is ${distribution ?? 'Elasticsearch'} ${number}; OpenSearch ${OLDEST_MAJOR} or newer is needed`,
    });
}

/** Whatever the cluster says holds the group up and is tried again; nothing goes to the dead letters for it. */
export function openSearchProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const status: unknown = thrown instanceof Error ? Reflect.get(thrown, 'statusCode') : undefined;
  const detail = `opensearch: ${message}`;
  // A block (a rebuild's last pass, a full disk) is also a 403.
  const refused = (status === 401 || status === 403) && !message.includes('cluster_block_exception');
  return new Problem(refused ? 'engine-refused' : 'port-unavailable', { detail, cause: thrown });
}
