import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Images of the engines that every suite and docker-compose.yml run on. */
export const engineImages = {
  kafka: 'apache/kafka:4.1.0',
  opensearch: 'opensearchproject/opensearch:3',
  mongo: 'mongo:8',
  s3: 'versity/versitygw:v1.8.0',
  toxiproxy: 'ghcr.io/shopify/toxiproxy:2.12.0',
} as const;

export const WITHOUT_ENGINES = 'left out: no container engine answers';

/** Whether a container engine answers. Where engines are required it must: a suite that is left out in silence proves nothing. */
export async function containerEngineAnswers(environment: NodeJS.ProcessEnv = {}): Promise<boolean> {
  const answers = await promisify(execFile)('docker', ['info'], { timeout: 30_000 }).then(
    () => true,
    () => false,
  );
  if (!answers && environment['VITRINE_REQUIRE_ENGINES'] === '1') throw new Error('engines are required, but no container engine answers');
  return answers;
}
