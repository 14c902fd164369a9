import type { StartedTestContainer, StopOptions } from 'testcontainers';
import { freePort } from '../free-port.ts';
import { engineImages } from './container-engine.ts';

export type StartedEngine = {
  /** What a `VITRINE_…` variable would hold. */
  readonly url: string;
  readonly container: StartedTestContainer;
  stop(options?: Partial<StopOptions>): Promise<void>;
};

const START = 120_000;

// Loaded late: only whoever starts an engine pays for the library.
async function library() {
  // Each suite removes its own containers; the library's remover is one more image to fetch.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
  return import('testcontainers');
}

const started = (url: string, container: StartedTestContainer): StartedEngine => ({
  url,
  container,
  stop: async (options) => void (await container.stop(options)),
});

type EngineOptions = {
  /** Added to its configuration. */
  settings?: Record<string, string>;
  /** Folders in memory, for a disk that is full. */
  memory?: Record<string, string>;
};

/** One broker. */
export async function startKafka({ settings = {}, memory = {} }: EngineOptions = {}): Promise<StartedEngine> {
  const { GenericContainer, Wait } = await library();
  const port = await freePort();
  const container = await new GenericContainer(engineImages.kafka)
    .withExposedPorts({ container: 9092, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_LOG_DIRS: '/var/lib/kafka/data',
      KAFKA_HEAP_OPTS: '-Xmx512m -Xms256m',
      ...settings,
    })
    .withTmpFs(memory)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started|started \(kafka\.server/))
    .withStartupTimeout(START)
    .start();
  return started(`kafka://127.0.0.1:${port}`, container);
}

export async function startMongo({ memory = {} }: Pick<EngineOptions, 'memory'> = {}): Promise<StartedEngine> {
  const { GenericContainer, Wait } = await library();
  const container = await new GenericContainer(engineImages.mongo)
    .withExposedPorts(27017)
    .withTmpFs(memory)
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(START)
    .start();
  return started(`mongodb://127.0.0.1:${container.getMappedPort(27017)}/vitrine`, container);
}

export async function startOpenSearch({ settings = {}, memory = {} }: EngineOptions = {}): Promise<StartedEngine> {
  const { GenericContainer, Wait } = await library();
  const container = await new GenericContainer(engineImages.opensearch)
    .withExposedPorts(9200)
    .withEnvironment({
      'discovery.type': 'single-node',
      DISABLE_SECURITY_PLUGIN: 'true',
      'cluster.routing.allocation.disk.threshold_enabled': 'false',
      OPENSEARCH_JAVA_OPTS: '-Xms512m -Xmx512m',
      ...settings,
    })
    .withTmpFs(memory)
    .withWaitStrategy(Wait.forHttp('/_cluster/health', 9200).forStatusCode(200))
    .withStartupTimeout(START)
    .start();
  return started(`http://127.0.0.1:${container.getMappedPort(9200)}`, container);
}

const S3_CREDENTIALS = { accessKeyId: 'vitrine', secretAccessKey: 'vitrine-secret' } as const;

/** This machine, as a container calls it. */
export const HOST_FROM_CONTAINER = 'host.docker.internal';

/** @param options.settings for instance where it tells of created objects */
export async function startS3({ settings = {}, memory = { '/data': 'rw' } }: EngineOptions = {}): Promise<StartedEngine> {
  const { GenericContainer, Wait } = await library();
  const container = await new GenericContainer(engineImages.s3)
    .withExposedPorts(7070)
    .withExtraHosts([{ host: HOST_FROM_CONTAINER, ipAddress: 'host-gateway' }])
    .withEnvironment({ ROOT_ACCESS_KEY: S3_CREDENTIALS.accessKeyId, ROOT_SECRET_KEY: S3_CREDENTIALS.secretAccessKey, ...settings })
    .withCommand(['--port', ':7070', 'posix', '/data'])
    .withTmpFs(memory)
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(START)
    .start();
  const endpoint = `http://127.0.0.1:${container.getMappedPort(7070)}`;
  const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
  return started(`s3://${accessKeyId}:${secretAccessKey}@vitrine?endpoint=${encodeURIComponent(endpoint)}`, container);
}
